"""Draws from a family of the grammar: who, top, bottom, fillings and picture, by a seed."""

import itertools
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from data_preparation.grammar.files import Family, Grammar

SLOT = re.compile(r"( ?)\{(\w+)(?:\.(\w+))?\}")
DATIVE_OR_ACCUSATIVE = ("க்கு", "களை")
HARD = ("க", "ச", "த", "ப")
LOANS = ("கிறிஸ்", "பிலிப்", "சிக்கன்", "புரோட்டா", "பபிள்")  # borrowed: nothing doubles before

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

    @property
    def name(self) -> str:
        """The form of a group's name that plain {who} stands for."""
        return "kind" if (self.family.kind, self.family.label) == ("plain", 0) else "who"

    @property
    def parts(self) -> list[tuple[str, int]]:
        """What this draw is made of, apart from whom it speaks of."""
        return [("top", self.top), ("bottom", self.bottom), *self.fill]

    def category(self, grammar: Grammar) -> str:
        """The category of the people spoken of, or else the family's: whose slots are meant."""
        return grammar.groups[self.who].category if self.who else self.family.category


def family_draws(grammar: Grammar, family: Family, seed: int) -> list[Draw]:
    """As many draws as the family gives: its groups in turn, of the parts used least so far."""
    rng = random.Random(f"{seed} {family.id} {family.category}")
    whom = rng.sample(family.groups, len(family.groups)) or [""]
    left = {who: _shuffled(grammar, family, who, rng) for who in whom}
    used: Counter[tuple[str, int]] = Counter()
    chosen: list[Draw] = []
    total = min(family.most, sum(map(len, left.values())))
    for who in itertools.cycle(whom):
        if len(chosen) == total:
            break
        if left[who]:
            chosen.append(_take(left[who], used))
    return [replace(draw, caption=_caption(grammar, family, rng)) for draw in chosen]


def slots(text: str) -> list[str]:
    """The names of the slots in `text`, but for {who}, each once."""
    names = [match.group(2) for match in SLOT.finditer(text)]
    return [name for name in dict.fromkeys(names) if name != "who"]


def put(slot: re.Match[str], value: str) -> str:
    """`value` for `slot` and the space before it, where Tamil may double its first consonant."""
    after = slot.string[: slot.start()].endswith(DATIVE_OR_ACCUSATIVE)
    doubles = after and slot[1] and value.startswith(HARD) and not value.startswith(LOANS)
    return f"{value[0]}்{slot[1]}{value}" if doubles else slot[1] + value


def _shuffled(grammar: Grammar, family: Family, who: str, rng: random.Random) -> list[Draw]:
    """Every draw for one group."""
    pairs = itertools.product(range(len(family.top)), range(len(family.bottom)))
    every = [one for pair in pairs for one in _filled(grammar, Draw(family, who, *pair, ()))]
    return rng.sample(every, len(every))


def _filled(grammar: Grammar, draw: Draw) -> Iterator[Draw]:
    names = slots(draw.family.top[draw.top][0] + draw.family.bottom[draw.bottom][0])
    for fill in grammar.fills(names, draw.category(grammar)):
        yield replace(draw, fill=fill)


def _take(draws: list[Draw], used: Counter[tuple[str, int]]) -> Draw:
    """Remove from `draws` the one whose parts were used least, and count them."""
    least = min(draws, key=lambda draw: sum(used[part] for part in draw.parts))
    draws.remove(least)
    used.update(least.parts)
    return least


def _caption(grammar: Grammar, family: Family, rng: random.Random) -> str:
    scene = grammar.scenes[rng.choice(family.scenes)]
    return rng.choice(scene.captions).replace("{person}", rng.choice(grammar.people))
