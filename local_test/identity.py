"""Which kinds of people a text speaks of, by a small lexicon in four languages.

The words are those of identity.toml and the names in data_preparation/grammar/groups.toml. It
tells where an identity is mentioned, for slices and false alarms; nothing is judged by it.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from data_preparation.grammar import FOLDER as GRAMMAR
from data_preparation.record import Record

LEXICON = Path(__file__).parent / "identity.toml"
TAMIL = "[\u0b80-\u0bff]"
ARTICLE = re.compile(r"^(an?|someone|seorang) ")


def targets(text: str) -> tuple[str, ...]:
    """The kinds of identity that `text` mentions, such as `religion`, in the lexicon's order."""
    folded = " ".join(text.casefold().split())
    return tuple(kind for kind, words in _patterns().items() if words.search(folded))


def spoken_of(record: Record) -> tuple[str, ...]:
    """The kinds of identity that a record is about: by its text, or by its category, such as
    `religion/hard_negative`."""
    found = targets(record.text or "")
    kind = (record.category or "").split("/")[0]
    return (*found, kind) if kind in _patterns() and kind not in found else found


def is_harmless_mention(record: Record) -> bool:
    """Whether a benign record names people; a category that begins with `identity` says so."""
    named = (record.category or "").startswith("identity") or bool(spoken_of(record))
    return record.label == 0 and named


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    lexicon = tomllib.loads(LEXICON.read_text(encoding="utf-8"))
    names = _names(tomllib.loads((GRAMMAR / "groups.toml").read_text(encoding="utf-8")))
    return {kind: _pattern(words, names[kind]) for kind, words in lexicon.items()}


def _names(table: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, list[str]]:
    """Every form of the groups' names, without articles, by kind of identity."""
    names: dict[str, list[str]] = defaultdict(list)
    for group in table["groups"]:
        forms = [form for one in group.values() if isinstance(one, dict) for form in one.values()]
        names[str(group["category"])] += [ARTICLE.sub("", form.casefold()) for form in forms]
    return names


def _pattern(words: dict[str, list[str]], names: Iterable[str]) -> re.Pattern[str]:
    """Latin words whole, or in the plural; Tamil names whole, stems at a word's beginning."""
    tamil = [name for name in names if re.search(TAMIL, name)]
    chinese = [name for name in names if re.search("[\u4e00-\u9fff]", name)]
    latin = set(names) - set(tamil) - set(chinese)
    parts = (
        rf"\b(?:{_any([*words['en'], *words['ms'], *latin])})s?\b",
        _any([*words["zh"], *chinese]),
        rf"(?<!{TAMIL})(?:{_any(words['ta'])}|(?:{_any(tamil)})(?!{TAMIL}))",
    )
    return re.compile("|".join(parts))


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words)))
