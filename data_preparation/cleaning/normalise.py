"""One form for text that looks the same, and no translator's glosses; knows no languages.

What memes need stays: line breaks, emoji and their joiners, letter case, marks of Indic scripts,
and the full-width punctuation of Chinese.
"""

import html
import re
import unicodedata
from dataclasses import replace

from data_preparation.record import Record

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
FULL_WIDTH = "！（），：；？～…“”‘’"  # as Chinese is written; elsewhere they are only look-alikes
QUOTES = str.maketrans("‘’‚‛′`´“”„‟″", "'''''''\"\"\"\"\"")
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
JOINERS = "\u200c\u200d"  # shape emoji and Indic letters
BLANKS = re.compile(r"[^\S\n]+")
BRACKETS = re.compile(r"\s*(?:\(([^()]*)\)|（([^（）]*)）)")
NOTE = re.compile(r"\s*(?:note|translation|translated|meaning|literally)\b", re.IGNORECASE)
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
SHORT_NAME = re.compile(r"[A-Z0-9&./-]{1,8}$")  # an abbreviation such as HDB is no gloss


def normalise(text: str) -> str:
    """`text` in one form: composed, without control characters, with plain quotes and spaces."""
    text = ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = FULL_WIDTH if HAN.search(text) else ""
    text = "".join(_compose(part, kept) for part in re.split(f"([{FULL_WIDTH}])", text))
    text = "".join(c for c in text if _is_wanted(c))
    lines = (BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _compose(part: str, kept: str) -> str:
    if part and part in kept:
        return part
    return unicodedata.normalize("NFKC", part.translate(QUOTES))


def _is_wanted(char: str) -> bool:
    kind = unicodedata.category(char)
    if kind in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return char in "\n\t" or char in JOINERS or 0xE0020 <= ord(char) <= 0xE007F
    return char != "\ufffd"


def without_glosses(text: str) -> str:
    """`text` without asides in brackets that a translator added: Latin words, or a note.

    Meant for text that is not itself in Latin letters; see `without_notes` for the rest.
    """
    return BRACKETS.sub(lambda found: "" if _is_gloss(_inside(found)) else found[0], text).strip()


def without_notes(text: str) -> str:
    """`text` without asides in brackets that call themselves a note or a translation."""
    return BRACKETS.sub(lambda found: "" if NOTE.match(_inside(found)) else found[0], text).strip()


def mend_text(record: Record) -> Record | str:
    """`record` with its text and caption normalised, or the reason why nothing is left."""
    text = normalise(record.text) if record.text else None
    caption = normalise(record.caption) if record.caption else None
    mended = replace(record, text=text or None, caption=caption or None)
    if has_content(mended):
        return mended
    return "nothing left after normalising"


def has_content(record: Record) -> bool:
    """Whether there is anything to judge: text, a caption, a picture or a chat."""
    return bool(record.text or record.caption or record.image or record.messages)


def _inside(found: re.Match[str]) -> str:
    return found[1] if found[1] is not None else found[2]


def _is_gloss(inside: str) -> bool:
    if NOTE.match(inside):
        return True
    letters = [c for c in inside if unicodedata.category(c)[0] == "L"]
    latin = sum(bool(LATIN.match(c)) for c in letters)
    return bool(letters) and latin > len(letters) / 2 and not SHORT_NAME.match(inside.strip())
