"""Whether a translation can be believed: script, length, and what must survive unchanged.

Knows nothing of who translated.
"""

import re
import unicodedata
from collections import Counter

from data_preparation.cleaning.languages import check_language
from data_preparation.parsing.fields import refuses
from data_preparation.record import Record

FIXED = {
    "a link": re.compile(r"https?://[^\s<>\"'，。、）]+"),
    "a @name": re.compile(r"(?<![A-Za-z0-9.])@[A-Za-z0-9_]+"),
    "a placeholder": re.compile(r"\{\w*\}|%[sd]\b|<\w+>"),
    "a number": re.compile(r"\d+(?:[.,:]\d+)*"),
}
SHORTEST = 0.3  # of the source's size, in letters
LONGEST = 3.5
LETTERS = 3.5  # of an alphabet say about as much as one Chinese character
HAN = re.compile("[\u3400-\u9fff]")
SLACK = 12  # letters by which short texts may be off


def fault(source: str, translated: str, language: str) -> str | None:
    """Why `translated` is no translation of `source` into `language`; None when it may be one."""
    if not translated.strip():
        return "empty"
    if _plain(translated) == _plain(source) and any(map(str.isalpha, source)):
        return "a copy of the source"
    if refuses(translated) and not refuses(source):
        return "refusal"
    return _lost(source, translated) or _length(source, translated) or _script(translated, language)


def tidy(translated: str, source: str) -> str:
    """`translated` without the dashes, fences or quotes that a model put around it."""
    text = re.sub(r"^(?:-{3,}|```\w*)\s*|\s*(?:-{3,}|```)$", "", translated.strip()).strip()
    pairs = (('"', '"'), ("“", "”"), ("「", "」"))
    for first, last in pairs:
        if text.startswith(first) and text.endswith(last) and not source.startswith(first):
            text = text[1:-1].strip()
    return text


def _lost(source: str, translated: str) -> str | None:
    """What should have survived and did not."""
    for name, pattern in FIXED.items():
        before = Counter(pattern.findall(_digits(source)))
        gone = before - Counter(pattern.findall(_digits(translated)))
        if gone:
            return f"{name} is lost: {next(iter(gone))}"
    return None


def _size(text: str) -> float:
    """Letters' worth of `text`."""
    return len(text) + (LETTERS - 1) * len(HAN.findall(text))


def _length(source: str, translated: str) -> str | None:
    before, after = _size(source), _size(translated)
    if after < before * SHORTEST - SLACK:
        return "far too short"
    if after > before * LONGEST + SLACK:
        return "far too long"
    if translated.count("\n") > source.count("\n") + 1:
        return "more lines than the source"
    return None


def _script(translated: str, language: str) -> str | None:
    verdict = check_language(Record(id="", text=translated, language=language))
    return verdict if isinstance(verdict, str) else None


def _plain(text: str) -> str:
    kept = (one for one in unicodedata.normalize("NFKC", text) if one.isalnum())
    return "".join(kept).casefold()


def _digits(text: str) -> str:
    """`text` with every script's digits as 0 to 9."""
    return "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in text)
