"""Which memes of the grammar a data set takes: a recipe, and the records that it picks."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from data_preparation.grammar import Item, by_group, items
from data_preparation.record import Record
from data_preparation.split import Split
from model_package.errors import UserError
from model_package.toml_file import find_toml, read_toml

RECIPES = Path(__file__).parent / "recipes"
NOISY = "grammar, OCR noise"
ALIKE = 0.6  # difflib's ratio: what is less like its text says something else, or nothing

Noise = Callable[[str, str, int], str]  # text, language and seed; the text as OCR would read it


@dataclass(frozen=True)
class Recipe:
    """What a data set is made of.

    harmful, benign, hard: memes of each kind, before duplicates go; each is a row in each of
    `languages`. held: the grammar's families that only validation has. noise: share of rows
    whose text goes through OCR noise. weaknesses: for the card.
    """

    name: str
    summary: str
    languages: tuple[str, ...]
    harmful: int
    benign: int
    held: tuple[str, ...]
    hard: int = 0
    noise: float = 0.0
    seed: int = 0
    threshold: float = 0.9
    weaknesses: tuple[str, ...] = ()


def load_recipe(name: str) -> Recipe:
    """The recipe called `name` in recipes/, or in the .toml file `name`."""
    return read_toml(find_toml(name, RECIPES, "recipe"), Recipe)


def records(recipe: Recipe) -> Iterator[Record]:
    """The rows of `recipe`, language by language, before cleaning and noise."""
    chosen = [item.group for item in pick(items("en", recipe.seed), recipe)]
    for language in recipe.languages:
        found: Mapping[str, Item] = by_group(language, recipe.seed)
        yield from (_record(found[group]) for group in chosen)


def pick(pool: Iterable[Item], recipe: Recipe) -> list[Item]:
    """As many items of each kind as asked, the categories in turn; more of one kind adds to it."""
    every = list(pool)
    wanted = {("plain", 1): recipe.harmful, ("plain", 0): recipe.benign}
    wanted["hard_negative", 0] = recipe.hard
    return [item for kind, count in wanted.items() for item in _pick_kind(every, kind, count)]


def add_noise(noise: Noise, rows: Iterable[Record], share: float) -> Iterator[Record]:
    """`rows`, a `share` of them, by the hash of their ids, with their text through `noise`."""
    for row in rows:
        chosen = row.text and row.language and _fraction(f"noise {row.id}") < share
        yield _through(noise, row) if chosen else row


def alike(before: str, after: str) -> float:
    """How much of two texts is the same, spaces and line breaks aside, from 0 to 1."""
    first, second = ("".join(text.split()) for text in (before, after))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def hold(rows: Sequence[Record], families: Iterable[str]) -> Split:
    """Put `families` on the validation side, and the rest on the other."""
    wanted = {f"grammar/{family}" for family in families}
    missing = wanted - {row.group for row in rows}
    if missing:
        raise UserError(f"no rows of the families to hold back: {', '.join(sorted(missing))}")
    return Split(
        tuple(row for row in rows if row.group not in wanted),
        tuple(row for row in rows if row.group in wanted),
    )


def _record(item: Item) -> Record:
    hard = "/hard_negative" if item.kind == "hard_negative" else ""
    return Record(
        id=f"grammar/{item.language}/{item.group}",
        caption=item.caption,
        text=item.text,
        language=item.language,
        label=item.label,
        category=item.category + hard,
        source="grammar",
        licence="Apache-2.0",
        group=f"grammar/{item.family}",
    )


def _pick_kind(pool: Sequence[Item], kind: tuple[str, int], count: int) -> list[Item]:
    columns: dict[str, list[Item]] = {}
    for item in pool:
        if (item.kind, item.label) == kind:
            columns.setdefault(item.category, []).append(item)
    rows = itertools.zip_longest(*(columns[name] for name in sorted(columns)))
    turns = [item for row in rows for item in row if item is not None]
    if len(turns) < count:
        raise UserError(f"the grammar has {len(turns)} items {kind}; the recipe asks for {count}")
    return turns[:count]


def _through(noise: Noise, row: Record) -> Record:
    seed = int(_fraction(f"seed {row.id}") * 2**31)
    before = str(row.text)
    after = noise(before, str(row.language), seed).strip()
    told = after != before and alike(before, after) >= ALIKE
    return replace(row, text=after, source=NOISY) if told else row


def _fraction(name: str) -> float:
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
