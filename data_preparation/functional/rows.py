"""Draws rows: rounds over templates, each draw in four languages or in none; no text twice."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from data_preparation.functional.book import Book
from data_preparation.functional.fill import choose
from data_preparation.functional.template import Template
from data_preparation.functional.voice import say
from data_preparation.grammar import normal
from data_preparation.grammar.files import LANGUAGES
from data_preparation.record import Record
from data_preparation.split import Split
from model_package.errors import UserError

HELD = 10  # one template of so many is held for validation
ROUNDS = 400
FEWEST = 2 * len(LANGUAGES) * (HELD - 1)  # one row a label and language to validate with
TRIES = 4


def draw(book: Book, rows: int, seed: int) -> Split:
    """About `rows` rows to train on and a ninth as many of other templates, shuffled."""
    if rows < FEWEST:
        raise UserError(f"--rows {rows} is too few; ask for {FEWEST} or more")
    held = held_back(book.templates)
    train = [one for one in book.templates if one.family not in held]
    validation = [one for one in book.templates if one.family in held]
    seen: set[str] = set()
    sizes = (rows, rows // (HELD - 1))
    parts = (
        _side(book, *pair, seed, seen) for pair in zip((train, validation), sizes, strict=True)
    )
    return Split(*(tuple(sorted(part, key=_place)) for part in parts))


def add_plain(split: Split, book: Book, rows: int, seed: int) -> Split:
    """`split` with about `rows` rows of `book` more to train on, among the others.

    None is of a template that is held back, or has a text that `split` has. Their ids end in
    `/plain-` and a number.
    """
    if rows < 0:
        raise UserError(f"--plain {rows} is no number of rows; ask for 0 or more")
    held = held_back(book.templates)
    templates = [one for one in book.templates if one.family not in held]
    seen = {normal(str(row.text)) for row in split.train + split.validation}
    plain = [_plain(row) for row in _side(book, templates, rows, seed, seen)]
    return replace(split, train=tuple(sorted([*split.train, *plain], key=_place)))


def _plain(row: Record) -> Record:
    rest, number = row.id.rsplit("/", 1)
    return replace(row, id=f"{rest}/plain-{number}")


def held_back(templates: Iterable[Template]) -> set[str]:
    """The families of a tenth of the templates of each list, at least one of a functionality.

    List by list, so that lists that join later leave what was held before.
    """
    blocks: dict[str, list[str]] = {}
    for template in templates:
        if template.id == template.family:
            blocks.setdefault(template.block, []).append(template.id)
    chosen = (sorted(ids, key=_hash)[: _share(block, ids)] for block, ids in blocks.items())
    return {one for ids in chosen for one in ids}


def _share(block: str, ids: Sequence[str]) -> int:
    return max(int(block.endswith("/0")), round(len(ids) / HELD))


def _side(
    book: Book, templates: Sequence[Template], rows: int, seed: int, seen: set[str]
) -> list[Record]:
    """`rows` rows, half of each label, as many in each language."""
    draws = rows // (2 * len(LANGUAGES))
    return [
        row
        for label in (1, 0)
        for row in _rounds(book, [t for t in templates if t.label == label], draws, seed, seen)
    ]


def _rounds(
    book: Book, templates: Sequence[Template], draws: int, seed: int, seen: set[str]
) -> list[Record]:
    found: list[Record] = []
    for number in range(ROUNDS):
        for template in templates:
            if len(found) == draws * len(LANGUAGES):
                return found
            found += _new(book, template, f"{seed} {template.id} {number}", number, seen)
    raise UserError(f"the templates give only {len(found)} rows of a label; ask for fewer --rows")


def _new(book: Book, template: Template, name: str, number: int, seen: set[str]) -> list[Record]:
    """One draw in every language, if none of its texts was there before; else nothing."""
    for attempt in range(TRIES):
        texts = _say(book, template, f"{name} {attempt}")
        keys = {normal(text) for text in texts}
        if len(keys) == len(texts) and not keys & seen:
            seen |= keys
            pairs = zip(LANGUAGES, texts, strict=True)
            return [_record(template, number, *pair) for pair in pairs]
    return []


def _say(book: Book, template: Template, name: str) -> list[str]:
    choice = choose(book, template, random.Random(name))
    places = range(len(LANGUAGES))
    return [say(book, template, choice, n, random.Random(f"{name} {n}")) for n in places]


def _record(template: Template, number: int, language: str, text: str) -> Record:
    return Record(
        id=f"functional/{language}/{template.id}/{number}",
        text=text,
        language=language,
        label=template.label,
        category=template.functionality,
        source="functional",
        licence="Apache-2.0",
        group=f"functional/{template.family}",
    )


def _place(row: Record) -> str:
    """Shuffles, and leaves other rows where they are when one comes or goes."""
    return _hash(row.id)


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
