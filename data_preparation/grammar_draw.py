"""Draws from a family of the grammar: who, top, bottom, fillings and picture, by a seed."""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from data_preparation.grammar_files import Family, Grammar

SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")

Fill = tuple[tuple[str, int], ...]  # slot and the number of its value


@dataclass(frozen=True)
class Draw:
    """One choice of everything that a family leaves open; the same in all languages."""

    family: Family
    who: str
    top: int
    bottom: int
    fill: Fill
    caption: str = ""

    @property
    def group(self) -> str:
        """Names the choice; the seed that drew it does not matter."""
        numbers = [self.top, self.bottom, *(number for _, number in self.fill)]
        parts = [self.family.id, self.who or self.family.category, "-".join(map(str, numbers))]
        return "/".join(parts)

    def category(self, grammar: Grammar) -> str:
        """The category of the people spoken of, or else the family's: whose slots are meant."""
        return grammar.groups[self.who].category if self.who else self.family.category


def family_draws(grammar: Grammar, family: Family, seed: int) -> list[Draw]:
    """As many draws as the family gives, in random order, its groups in turn."""
    rng = random.Random(f"{seed} {family.id} {family.category}")
    whom = rng.sample(family.groups, len(family.groups)) or [""]
    columns = [_shuffled(grammar, family, who, rng) for who in whom]
    chosen = itertools.islice(_in_turn(columns), family.most)
    return [replace(draw, caption=_caption(grammar, family, rng)) for draw in chosen]


def slots(text: str) -> list[str]:
    """The names of the slots in `text`, but for {who}, each once."""
    names = [match.group(1) for match in SLOT.finditer(text)]
    return [name for name in dict.fromkeys(names) if name != "who"]


def _shuffled(grammar: Grammar, family: Family, who: str, rng: random.Random) -> list[Draw]:
    """Draws for one group: each pair of top and bottom once, then again with other fillings."""
    pairs = itertools.product(range(len(family.top)), range(len(family.bottom)))
    rounds = [_filled(grammar, Draw(family, who, *pair, ()), rng) for pair in pairs]
    rng.shuffle(rounds)
    return list(_in_turn(rounds))


def _filled(grammar: Grammar, draw: Draw, rng: random.Random) -> list[Draw]:
    names = slots(draw.family.top[draw.top][0] + draw.family.bottom[draw.bottom][0])
    fills = list(grammar.fills(names, draw.category(grammar)))
    return [replace(draw, fill=fill) for fill in rng.sample(fills, len(fills))]


def _in_turn(columns: list[list[Draw]]) -> Iterator[Draw]:
    """The first of each column, then the second of each, and so on."""
    for row in itertools.zip_longest(*columns):
        yield from (draw for draw in row if draw is not None)


def _caption(grammar: Grammar, family: Family, rng: random.Random) -> str:
    scene = grammar.scenes[rng.choice(family.scenes)]
    return rng.choice(scene.captions).replace("{person}", rng.choice(grammar.people))
