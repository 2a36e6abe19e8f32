"""Which language a text is in, as far as its script and its commonest words tell.

No model: scripts settle Chinese and Tamil; small word lists and affixes weigh English against
Malay. Short or mixed text is left undecided rather than guessed: memes of Singapore mix freely.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from data_preparation.cleaning.normalise import has_content, without_glosses, without_notes
from data_preparation.record import Record
from model_package.toml_file import read_toml

WORDS = Path(__file__).parent / "languages.toml"
SCRIPTS = {
    "han": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"),
    "kana": re.compile(r"[\u3041-\u30ff]"),
    "hangul": re.compile(r"[\uac00-\ud7af]+"),
    "tamil": re.compile(r"[\u0b80-\u0bff]+"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]+"),
    "arabic": re.compile(r"[\u0600-\u06ff]+"),
    "devanagari": re.compile(r"[\u0900-\u097f]+"),
    "latin": re.compile(r"[A-Za-zÀ-ɏ]+(?:'[a-z]+)?"),
}
EXPECTED = {"en": "latin", "ms": "latin", "zh": "han", "ta": "tamil"}
LEAST = {"en": 0.5, "ms": 0.5, "zh": 0.3, "ta": 0.3}  # share of words in the expected script
NAMES = {"en": "English", "ms": "Malay", "zh": "Chinese", "ta": "Tamil"}


@dataclass(frozen=True)
class Profile:
    """What tells a language of Latin script: its common words, and how its words start and end."""

    language: str
    words: tuple[str, ...]
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profiles:
    """The profiles in languages.toml."""

    profiles: tuple[Profile, ...]


def scripts(text: str) -> Counter[str]:
    """How many words `text` has in each script; each Chinese character counts as a word."""
    counts = {name: len(pattern.findall(text)) for name, pattern in SCRIPTS.items()}
    return Counter({name: count for name, count in counts.items() if count})


def guess_latin(text: str) -> str | None:
    """ "en" or "ms" where words of one clearly outweigh the other's, else None."""
    words = [word.casefold() for word in SCRIPTS["latin"].findall(text)]
    scores = {
        profile.language: sum(_weight(profile, common, word) for word in words)
        for profile, common in _profiles()
    }
    (first, high), (_, low) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    return first if high >= 3 and high > 2 * low else None


def check_language(record: Record) -> Record | str:
    """`record`, or the reason why its text is not in the language it claims.

    Languages other than the four are not judged, nor is text without letters.
    """
    language, counts = record.language, scripts(record.text or "")
    if language not in EXPECTED or not counts:
        return record
    share = counts[EXPECTED[language]] / counts.total()
    if share < LEAST[language]:
        found = counts.most_common(1)[0][0]
        return f"not {NAMES[language]}: mostly {found} script"
    if language in {"en", "ms"}:
        guess = guess_latin(record.text or "")
        if guess not in {None, language}:
            return f"not {NAMES[language]}: reads as {NAMES[str(guess)]}"
    return record


def drop_glosses(record: Record) -> Record | str:
    """`record` without a translator's asides in its text, or a reason where nothing is left.

    Latin asides go from Chinese and Tamil; English asides go from Malay; notes go everywhere.
    """
    text = record.text or ""
    if record.language in {"zh", "ta"}:
        text = without_glosses(text)
    elif record.language == "ms":
        text = _without_english(text)
    text = without_notes(text)
    mended = replace(record, text=text or None)
    return mended if has_content(mended) else "nothing left without the gloss"


def _without_english(text: str) -> str:
    def judge(found: re.Match[str]) -> str:
        return "" if guess_latin(found[1]) == "en" else found[0]

    return re.sub(r"\s*\(([^()]*)\)", judge, text).strip()


def _weight(profile: Profile, common: frozenset[str], word: str) -> float:
    if word in common:
        return 1.0
    if len(word) < 6:
        return 0.0
    return 0.5 * (word.startswith(profile.prefixes) or word.endswith(profile.suffixes))


@cache
def _profiles() -> tuple[tuple[Profile, frozenset[str]], ...]:
    profiles = read_toml(WORDS, Profiles).profiles
    return tuple((profile, frozenset(profile.words)) for profile in profiles)
