"""Reads the functional templates, their slots and groups; knows nothing of how rows are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from data_preparation.functional.tamil import SUFFIXES, decline, singular
from data_preparation.grammar import FOLDER as GRAMMAR
from data_preparation.grammar.draw import SLOT
from data_preparation.grammar.files import LANGUAGES, Forms, Grammar, Group, Line, read_grammar
from model_package.errors import UserError
from model_package.toml_file import read_toml

FOLDER = Path(__file__).parent
GROUPS = ("who", "other")  # slots that name a protected group


@dataclass(frozen=True)
class Template:
    """One sentence in each of LANGUAGES. id: functionality and number. label: 1 harmful."""

    id: str
    functionality: str
    label: int
    line: Line

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its slots, in any language, each once."""
        return tuple(dict.fromkeys(found[2] for one in self.line for found in SLOT.finditer(one)))


@dataclass(frozen=True)
class Functionality:
    """What templates of one kind probe."""

    name: str
    label: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Name:
    """A group that the grammar lacks; its Tamil cases go by rule."""

    id: str
    category: str
    name: Line
    one: str


@dataclass(frozen=True)
class Mixing:
    """Words that say nothing about a label: openers in each language, and particles."""

    openers: tuple[Line, ...]
    particles: tuple[Line, ...]


@dataclass(frozen=True)
class Book:
    """All that the files say."""

    templates: tuple[Template, ...]
    slots: Mapping[str, tuple[Line, ...]]
    groups: Mapping[str, Group]
    mixing: Mixing
    grammar: Grammar

    def values(self, slot: str, category: str) -> tuple[Line, ...]:
        """What may stand in `slot`; claims are the grammar's, of the group's category, too."""
        shared = self.grammar.values("claim", category) if slot == "claim" else ()
        if slot not in self.slots:
            raise UserError(f"functional/slots.toml has no slot {slot!r}")
        return self.slots[slot] + shared


@dataclass(frozen=True)
class _Templates:
    functionalities: tuple[Functionality, ...]


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
    own = [FOLDER / f"{name}.toml" for name in ("groups", "mixing", "slots")]
    borrowed = [GRAMMAR / f"{name}.toml" for name in ("groups", "slots")]
    return sorted([*own, *borrowed, *(FOLDER / "templates").glob("*.toml")])


@cache
def read_book() -> Book:
    """Everything in this folder, and the grammar's groups and claims."""
    grammar = read_grammar(GRAMMAR)
    paths = sorted((FOLDER / "templates").glob("*.toml"))
    kinds = [one for path in paths for one in read_toml(path, _Templates).functionalities]
    slots = read_toml(FOLDER / "slots.toml", _Slots).slots
    own = read_toml(FOLDER / "groups.toml", _Groups).groups
    return Book(
        templates=tuple(one for kind in kinds for one in _templates(kind)),
        slots={slot.name: tuple(map(_line, slot.values)) for slot in slots},
        groups={**grammar.groups, **{one.id: _group(one) for one in own}},
        mixing=read_toml(FOLDER / "mixing.toml", Mixing),
        grammar=grammar,
    )


def _templates(kind: Functionality) -> list[Template]:
    named = enumerate(kind.lines)
    return [Template(f"{kind.name}/{n}", kind.name, kind.label, _line(one)) for n, one in named]


def _line(values: Line) -> Line:
    if len(values) != len(LANGUAGES) or not all(values):
        raise UserError(f"functional: {values!r} is not in {', '.join(LANGUAGES)}")
    return values


def _group(name: Name) -> Group:
    en, zh, ms, ta = name.name
    cases = {case: decline(ta, case) for case in SUFFIXES}
    tamil = Forms(ta, one=singular(ta), **cases)
    return Group(name.id, name.category, Forms(en, one=name.one), Forms(zh), Forms(ms), tamil)
