"""A written grammar of memes: the same items in four languages, drawn from `grammar/*.toml`.

Knows nothing of providers or records. A family is one idea with one label; it crosses tops,
bottoms and what fills their slots. A family with category "*" stands once for every category
that has groups. One draw of a family is an item in each language, under one `group` id.
"""

import itertools
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_preparation.grammar_files import LANGUAGES, Family, Grammar, Line, read_grammar
from model_package.errors import UserError

FOLDER = Path(__file__).parent / "grammar"
SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
SPREAD = 0.5  # of one step, by which an item may move among those of other families

Fill = tuple[tuple[str, int], ...]  # slot and the number of its value


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


@dataclass(frozen=True)
class Draw:
    """One choice of everything that a family leaves open; the same in all languages."""

    family: Family
    who: str
    top: int
    bottom: int
    fill: Fill
    caption: str

    @property
    def group(self) -> str:
        """Names the choice; the seed that drew it does not matter."""
        numbers = [self.top, self.bottom, *(number for _, number in self.fill)]
        parts = [self.family.id, self.who or self.family.category, "-".join(map(str, numbers))]
        return "/".join(parts)


def items(language: str, seed: int = 0) -> Iterator[Item]:
    """Every item of the grammar in `language`; families are spread evenly over the order.

    The order, and what is drawn from large families, depend on `seed` alone, so that the n-th
    item is the same meme in every language. Raises `UserError` for an unknown language.
    """
    if language not in LANGUAGES:
        raise UserError(f"no grammar for language {language!r}; known: {', '.join(LANGUAGES)}")
    grammar = _grammar()
    for draw in _draws(seed):
        yield _item(grammar, draw, language)


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
def _draws(seed: int) -> tuple[Draw, ...]:
    grammar = _grammar()
    rng = random.Random(f"order {seed}")
    placed: list[tuple[float, Draw]] = []
    for family in grammar.families:
        drawn = list(itertools.islice(_family_draws(grammar, family, seed), family.most))
        step = 1 / max(1, len(drawn))
        places = [(n + rng.uniform(0, SPREAD)) * step for n in range(len(drawn))]
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


def _family_draws(grammar: Grammar, family: Family, seed: int) -> Iterator[Draw]:
    """All draws of a family in random order, its groups in turn."""
    rng = random.Random(f"{seed} {family.id} {family.category}")
    columns = [
        [_captioned(grammar, draw, rng) for draw in _shuffled(grammar, family, who, rng)]
        for who in rng.sample(family.groups, len(family.groups)) or [""]
    ]
    for row in itertools.zip_longest(*columns):
        yield from (draw for draw in row if draw is not None)


def _shuffled(grammar: Grammar, family: Family, who: str, rng: random.Random) -> list[Draw]:
    """Draws for one group: each pair of top and bottom once, then again with other fillings."""
    category = grammar.groups[who].category if who else family.category
    pairs = list(itertools.product(range(len(family.top)), range(len(family.bottom))))
    rounds: list[list[Draw]] = []
    for top, bottom in pairs:
        names = slots(family.top[top][0] + family.bottom[bottom][0])
        fills = list(grammar.fills(names, category))
        rng.shuffle(fills)
        rounds.append([Draw(family, who, top, bottom, fill, "") for fill in fills])
    rng.shuffle(rounds)
    every = itertools.zip_longest(*rounds)
    return [draw for layer in every for draw in layer if draw is not None]


def _captioned(grammar: Grammar, draw: Draw, rng: random.Random) -> Draw:
    scene = grammar.scenes[rng.choice(draw.family.scenes)]
    caption = rng.choice(scene.captions).replace("{person}", rng.choice(grammar.people))
    return Draw(draw.family, draw.who, draw.top, draw.bottom, draw.fill, caption)


def slots(text: str) -> list[str]:
    """The names of the slots in `text`, but for {who}, each once."""
    names = [match.group(1) for match in SLOT.finditer(text)]
    return [name for name in dict.fromkeys(names) if name != "who"]


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
    chosen: dict[str, Line] = {}
    category = grammar.groups[draw.who].category if draw.who else draw.family.category
    for name, number in draw.fill:
        chosen[name] = grammar.values(name, category)[number]

    def value(match: re.Match[str]) -> str:
        name, form = match.group(1), match.group(2) or "who"
        return grammar.groups[draw.who].form(place, form) if name == "who" else chosen[name][place]

    return value
