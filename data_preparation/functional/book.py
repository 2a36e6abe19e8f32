"""Reads the functional templates, their slots and groups; knows nothing of how rows are drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from data_preparation.functional.mirror import Swaps, mirror
from data_preparation.functional.tamil import SUFFIXES, decline, singular
from data_preparation.functional.template import (
    Template,
    TemplateFile,
    in_all_languages,
    lists,
    neighbour,
    number,
)
from data_preparation.grammar import FOLDER as GRAMMAR
from data_preparation.grammar.files import Forms, Grammar, Group, Line, read_grammar
from model_package.errors import UserError
from model_package.toml_file import read_toml

FOLDER = Path(__file__).parent
GROUPS = ("who", "other")  # slots that name a protected group


@dataclass(frozen=True)
class Name:
    """A group that the grammar lacks; its Tamil cases go by rule."""

    id: str
    category: str
    name: Line
    one: str


@dataclass(frozen=True)
class Mixing:
    """Words that say nothing about a label: openers in each language, particles, and asides."""

    openers: tuple[Line, ...]
    particles: tuple[Line, ...]
    asides: tuple[Line, ...]


@dataclass(frozen=True)
class Book:
    """All that the files say."""

    templates: tuple[Template, ...]
    slots: Mapping[str, tuple[Line, ...]]
    groups: Mapping[str, Group]
    mixing: Mixing
    grammar: Grammar

    def values(self, slot: str, category: str) -> tuple[Line, ...]:
        """What may stand in `slot`; claims of a group's category are the grammar's, too.

        category: empty where no group is spoken of.
        """
        shared = self.grammar.values("claim", category) if category and slot == "claim" else ()
        if slot not in self.slots:
            raise UserError(f"functional/slots has no slot {slot!r}")
        return self.slots[slot] + shared


@dataclass(frozen=True)
class Slot:
    """What may stand in a slot; a value's forms are parted by a bar."""

    name: str
    values: tuple[Line, ...]


@dataclass(frozen=True)
class _Slots:
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class _Groups:
    groups: tuple[Name, ...]


def files() -> list[Path]:
    """The files that rows come from, in order."""
    own = [FOLDER / f"{name}.toml" for name in ("mirrors", "mixing")]
    parts = [path for part in ("groups", "slots", "templates") for path in _paths(part)]
    borrowed = [GRAMMAR / f"{name}.toml" for name in ("groups", "slots")]
    return sorted([*own, *parts, *borrowed])


@cache
def read_book() -> Book:
    """Everything in this folder, and the grammar's groups and claims."""
    return _book("*")


@cache
def read_plain() -> Book:
    """What plain rows are drawn from: first lists of templates, base.toml's words, no asides."""
    book = _book("base")
    first = tuple(one for one in book.templates if one.first)
    return replace(book, templates=first, mixing=replace(book.mixing, asides=()))


def _book(name: str) -> Book:
    """All templates, and the groups and slots of the files that are called `name`."""
    grammar = read_grammar(GRAMMAR)
    own = [one for path in _paths("groups", name) for one in read_toml(path, _Groups).groups]
    return Book(
        templates=tuple(_templates()),
        slots=_slots(name),
        groups={**grammar.groups, **{one.id: _group(one) for one in own}},
        mixing=read_toml(FOLDER / "mixing.toml", Mixing),
        grammar=grammar,
    )


def _paths(part: str, name: str = "*") -> list[Path]:
    return sorted((FOLDER / part).glob(f"{name}.toml"))


def _slots(name: str) -> dict[str, tuple[Line, ...]]:
    """The values of every slot; files that name the same slot add to each other."""
    found: dict[str, tuple[Line, ...]] = {}
    for path in _paths("slots", name):
        for slot in read_toml(path, _Slots).slots:
            values = tuple(map(in_all_languages, slot.values))
            found[slot.name] = found.get(slot.name, ()) + values
    return found


def _templates() -> Iterator[Template]:
    """Every template as it was written, each followed by its neighbours."""
    swaps = {one.name: one for one in read_toml(FOLDER / "mirrors.toml", Swaps).swaps}
    kinds = lists([read_toml(path, TemplateFile) for path in _paths("templates")])
    labels = {kind.name: kind.label for kind in kinds}
    for kind, written in number(kinds):
        for n, one in enumerate(written):
            yield one
            if kind.beside:
                yield neighbour(kind, n, one, labels[kind.beside_name])
            for name, other in kind.mirrors:
                if swaps[name].applies(one):
                    yield mirror(one, swaps[name], other, labels[other])


def _group(name: Name) -> Group:
    en, zh, ms, ta = name.name
    cases = {case: decline(ta, case) for case in SUFFIXES}
    tamil = Forms(ta, one=singular(ta), **cases)
    return Group(name.id, name.category, Forms(en, one=name.one), Forms(zh), Forms(ms), tamil)
