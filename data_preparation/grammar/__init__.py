"""A written grammar of memes: the same items in four languages, drawn from `grammar/*.toml`.

Knows nothing of providers or records. A family is one idea with one label; it crosses tops,
bottoms and what fills their slots. A family with category "*" stands once for every category
that has groups. One draw of a family is an item in each language, under one `group` id.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_preparation.grammar.draw import SLOT, Draw, family_draws, put
from data_preparation.grammar.files import LANGUAGES, Grammar, read_grammar
from model_package.errors import UserError

FOLDER = Path(__file__).parent
SPREAD = 0.5  # of one step, by which an item may move among those of other families


@dataclass(frozen=True)
class Item:
    """One meme of the grammar in one language.

    group: shared by the same meme in other languages. family: shared by memes of one idea.
    label: 1 harmful, 0 benign. kind: `plain` or `hard_negative`. caption: always English.
    """

    group: str
    family: str
    category: str
    label: int
    kind: str
    language: str
    text: str
    caption: str


def items(language: str, seed: int = 0) -> Iterator[Item]:
    """Every item of the grammar in `language`; families are spread evenly over the order.

    The order, and what is drawn from large families, depend on `seed` alone, so that the n-th
    item is the same meme in every language. Raises `UserError` for an unknown language.
    """
    if language not in LANGUAGES:
        raise UserError(f"no grammar for language {language!r}; known: {', '.join(LANGUAGES)}")
    return iter(_items(language, seed))


@cache
def by_group(language: str, seed: int = 0) -> Mapping[str, Item]:
    """The same items by their group id."""
    return {item.group: item for item in items(language, seed)}


def group_name(item: Item) -> str:
    """The id of the people an item speaks of (`malay`, `teens`), or its category."""
    return item.group.split("/")[1]


def normal(text: str) -> str:
    """`text` without case, punctuation and spaces, to tell whether two are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LMN")


@cache
def _grammar() -> Grammar:
    return read_grammar(FOLDER)


@cache
def _items(language: str, seed: int) -> tuple[Item, ...]:
    return tuple(_item(_grammar(), draw, language) for draw in _draws(seed))


@cache
def _draws(seed: int) -> tuple[Draw, ...]:
    """All draws: those of each family as far from each other as there is room for."""
    grammar = _grammar()
    rng = random.Random(f"order {seed}")
    placed: list[tuple[float, Draw]] = []
    for family in grammar.families:
        drawn = family_draws(grammar, family, seed)
        places = [(n + rng.uniform(0, SPREAD)) / len(drawn) for n in range(len(drawn))]
        placed.extend(zip(places, drawn, strict=True))
    ordered = (draw for _, draw in sorted(placed, key=lambda pair: pair[0]))
    return tuple(_distinct(grammar, ordered))


def _distinct(grammar: Grammar, draws: Iterable[Draw]) -> Iterator[Draw]:
    """Drop a draw whose text was there already, in whichever language."""
    seen: set[str] = set()
    for draw in draws:
        texts = {f"{one} {normal(_text(grammar, draw, one))}" for one in LANGUAGES}
        if not texts & seen:
            seen |= texts
            yield draw


def _item(grammar: Grammar, draw: Draw, language: str) -> Item:
    family, text = draw.family, _text(grammar, draw, language)
    labels = (family.id, family.category, family.label, family.kind)
    return Item(draw.group, *labels, language, text, draw.caption)


def _text(grammar: Grammar, draw: Draw, language: str) -> str:
    """Top and bottom with their slots filled, a line each."""
    place = LANGUAGES.index(language)
    value = _values(grammar, draw, place)
    lines = (draw.family.top[draw.top], draw.family.bottom[draw.bottom])
    filled = "\n".join(SLOT.sub(value, line[place]) for line in lines if line[place])
    return "\n".join(line[:1].upper() + line[1:] for line in filled.splitlines())


def _values(grammar: Grammar, draw: Draw, place: int) -> Callable[[re.Match[str]], str]:
    """What stands for a slot of `draw` in the language at `place`."""
    category = draw.category(grammar)
    chosen = {name: grammar.values(name, category)[number][place] for name, number in draw.fill}

    def value(slot: re.Match[str]) -> str:
        name, form = slot.group(2), slot.group(3) or draw.name
        named = grammar.groups[draw.who].form(place, form) if name == "who" else chosen[name]
        return put(slot, named)

    return value
