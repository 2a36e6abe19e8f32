"""Spoils a text as one meme was seen to be spoiled; knows the table, not where it came from."""

import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_preparation.drawing.fonts import script
from data_preparation.drawing.wrap import wrap
from data_preparation.ocr_noise.table import COLUMNS, MIXED, PLACES, Language, Letter, Script, Table
from model_package.ocr_text import tidy

PRIOR = 20  # sightings of its script that weigh on how often a letter goes wrong
DOUBT = 3  # errors of its script that weigh on how it goes wrong
ORPHAN = re.compile("(?<![\u0b82-\u0bb9])[\u0bbe-\u0bcd\u0bd7]")  # a vowel sign on no letter


@dataclass(frozen=True)
class Fate:
    """What befalls one meme: a row of the columns of `Language`, which tell their meaning."""

    wrong: float = 0.0
    inserted: float = 0.0
    lost: float = 0.0
    strays: int = 0
    unspaced: float = 0.0
    spaced: float = 0.0
    joined: float = 0.0
    width: int = 200


class Spoiler:
    """A table, ready to be drawn from."""

    def __init__(self, table: Table) -> None:
        self.strays = table.strays
        self.languages: Mapping[str, Language] = {one.name: one for one in table.languages}
        self.scripts: Mapping[str, Script] = {one.name: one for one in table.scripts}
        self.letters: Mapping[str, Letter] = {one.truth: one for one in table.letters}

    def fates(self, language: str) -> list[Fate]:
        """What befell the memes in `language`, or mixed ones where that was not learned."""
        seen = self.languages.get(language) or self.languages[MIXED]
        rows = zip(*(getattr(seen, name) for name in COLUMNS), strict=True)
        return [Fate(*row) for row in rows]

    def spoil(self, text: str, fate: Fate, rng: random.Random) -> str:
        """`text` broken into lines as wide as the meme's, and spoiled as that was."""
        left = [line for line in break_lines(text, fate.width) if rng.random() >= fate.lost]
        read = [one for one in (self._line(line, fate, rng) for line in left) if one]
        for _ in range(fate.strays if self.strays else 0):
            read.insert(rng.randint(0, len(read)), rng.choice(self.strays))
        joints = [" " if rng.random() < fate.joined else "\n" for _ in read]
        return "".join(part for pair in zip(read, joints, strict=True) for part in pair).strip()

    def _line(self, line: str, fate: Fate, rng: random.Random) -> str:
        parts: dict[str, str] = dict.fromkeys(PLACES, "")
        before = False
        for character, chance in zip(line, self._chances(line, fate.wrong), strict=True):
            if character == " ":
                parts["inside"] += "" if rng.random() < fate.unspaced else " "
                continue
            before = rng.random() < self._after(character, chance, before)
            parts["inside"] += self._misread(character, rng) if before else character
            self._add(parts, character, fate, rng)
        return mend(parts["start"] + parts["inside"] + parts["end"])

    def _chances(self, line: str, rate: float) -> list[float]:
        """How likely each character goes wrong, so that together they come to `rate`."""
        weights = [0.0 if one == " " else self._weight(one) for one in line]
        mean = sum(weights) / max(1, sum(one != " " for one in line))
        return [min(1.0, rate * weight / mean) if mean else 0.0 for weight in weights]

    def _weight(self, character: str) -> float:
        of = self.scripts[script(character)]
        usual = of.wrong / max(1, of.seen)
        letter = self.letters.get(character)
        seen, wrong = (letter.seen, letter.wrong) if letter else (0, 0)
        return (wrong + PRIOR * usual) / (seen + PRIOR)

    def _after(self, character: str, chance: float, before: bool) -> float:
        """`chance`, the higher after an error; over many characters it stays what it is."""
        burst = self.scripts[script(character)].burst
        return chance + burst * (1 - chance) if before else chance * (1 - burst)

    def _misread(self, character: str, rng: random.Random) -> str:
        of: Script | Letter = self.scripts[script(character)]
        letter = self.letters.get(character)
        if letter and letter.wrong and rng.random() < letter.wrong / (letter.wrong + DOUBT):
            of = letter
        return _pick(of.read, of.counts, rng)

    def _add(self, parts: dict[str, str], beside: str, fate: Fate, rng: random.Random) -> None:
        of = self.scripts[script(beside)]
        if rng.random() < fate.inserted and any(of.places):
            place = rng.choices(range(len(PLACES)), of.places)[0]
            parts[PLACES[place]] += _pick(of.added[place], of.added_counts[place], rng)
        if rng.random() < fate.spaced:
            parts["inside"] += " "


def break_lines(text: str, width: int) -> list[str]:
    """`text` in as few lines of at most `width` characters as can be, none much the shortest."""
    return [line for part in text.splitlines() if part.strip() for line in _even(tidy(part), width)]


def mend(text: str) -> str:
    """Composed characters, one space between words, and no Tamil vowel sign without its letter."""
    return tidy(ORPHAN.sub("", unicodedata.normalize("NFC", text)))


def _even(text: str, width: int) -> list[str]:
    lines = wrap(text, width, len)
    for narrow in range(width - 1, width // 2, -1):
        tried = wrap(text, narrow, len)
        if len(tried) > len(lines) or max(map(len, tried)) > narrow:
            break
        lines = tried
    return lines


def _pick(read: Sequence[str], counts: Sequence[int], rng: random.Random) -> str:
    return rng.choices(read, counts)[0] if any(counts) else ""
