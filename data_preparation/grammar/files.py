"""Reads the grammar's TOML files into typed values; knows nothing of how items are drawn."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from model_package.errors import UserError
from model_package.toml_file import read_toml

LANGUAGES = ("en", "zh", "ms", "ta")
EVERY = "*"  # as category: one family a category; as group: every group
ANY = "any"  # the category of a slot that serves all

Line = tuple[str, ...]  # one line of a meme in each of LANGUAGES, in their order
NOTHING: Line = ("",) * len(LANGUAGES)


@dataclass(frozen=True)
class Forms:
    """A group's name as `who`, and the forms of it that a language needs (groups.toml).

    kind: how plain harmless lines call them, where that differs from how a blunt one does.
    """

    who: str
    one: str = ""
    acc: str = ""
    dat: str = ""
    gen: str = ""
    soc: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Group:
    """People whom lines speak of."""

    id: str
    category: str
    en: Forms
    zh: Forms
    ms: Forms
    ta: Forms

    def form(self, place: int, name: str) -> str:
        """The form `name` in the language at `place`, or the plain name where it has none."""
        forms = (self.en, self.zh, self.ms, self.ta)[place]
        return str(getattr(forms, name)) or forms.who


@dataclass(frozen=True)
class Slot:
    """What may stand in a slot, for one category or for `any`."""

    name: str
    category: str
    values: tuple[Line, ...]


@dataclass(frozen=True)
class Scene:
    """Captions of one kind of place."""

    id: str
    captions: tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """One idea with one label: tops and bottoms that all go together.

    bottom: one empty line where the tops are whole memes, with a line break inside.
    groups: whom it speaks of; empty means those of its category where a line has {who}.
    most: how many of its draws are used.
    """

    id: str
    category: str
    label: int
    kind: str
    scenes: tuple[str, ...]
    top: tuple[Line, ...]
    bottom: tuple[Line, ...] = (NOTHING,)
    groups: tuple[str, ...] = ()
    most: int = 64


@dataclass(frozen=True)
class _Groups:
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class _Slots:
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class _Scenes:
    people: tuple[str, ...]
    scenes: tuple[Scene, ...]


@dataclass(frozen=True)
class _Families:
    families: tuple[Family, ...]


@dataclass(frozen=True)
class Grammar:
    """All that the files say; families stand once a category, with their groups."""

    groups: Mapping[str, Group]
    slots: Mapping[tuple[str, str], tuple[Line, ...]]
    scenes: Mapping[str, Scene]
    people: tuple[str, ...]
    families: tuple[Family, ...]

    def values(self, name: str, category: str) -> tuple[Line, ...]:
        """What may stand in the slot `name` of a line in `category`."""
        found = self.slots.get((name, category)) or self.slots.get((name, ANY))
        if not found:
            raise UserError(f"the grammar has no slot {name!r} for {category!r}")
        return found

    def fills(self, names: Sequence[str], category: str) -> Iterator[tuple[tuple[str, int], ...]]:
        """Every way to fill the slots `names`: pairs of a name and the number of its value."""
        numbers = (range(len(self.values(name, category))) for name in names)
        for chosen in itertools.product(*numbers):
            yield tuple(zip(names, chosen, strict=True))


def read_grammar(folder: Path) -> Grammar:
    """The grammar in `folder`; a `UserError` names the file and the line that is wrong."""
    groups = {one.id: one for one in read_toml(folder / "groups.toml", _Groups).groups}
    slots = read_toml(folder / "slots.toml", _Slots).slots
    scenes = read_toml(folder / "scenes.toml", _Scenes)
    paths = sorted((folder / "families").glob("*.toml"))
    written = [one for path in paths for one in _families(path)]
    return Grammar(
        groups=groups,
        slots={(slot.name, slot.category): slot.values for slot in slots},
        scenes={scene.id: scene for scene in scenes.scenes},
        people=scenes.people,
        families=tuple(each for one in written for each in _expanded(one, groups)),
    )


def _families(path: Path) -> tuple[Family, ...]:
    families = read_toml(path, _Families).families
    for family in families:
        for line in family.top + family.bottom:
            if len(line) != len(LANGUAGES):
                raise UserError(f"{path}: {family.id}: {line!r} is not in {', '.join(LANGUAGES)}")
    return families


def _expanded(family: Family, groups: Mapping[str, Group]) -> Iterator[Family]:
    """One family a category for the category `*`; each with the groups that it speaks of."""
    known = dict.fromkeys(group.category for group in groups.values())
    for category in known if family.category == EVERY else [family.category]:
        yield replace(family, category=category, groups=_spoken_of(family, category, groups))


def _spoken_of(family: Family, category: str, groups: Mapping[str, Group]) -> tuple[str, ...]:
    if family.groups == (EVERY,):
        return tuple(groups)
    if family.groups or not any("{who" in line[0] for line in family.top + family.bottom):
        return family.groups
    return tuple(one.id for one in groups.values() if one.category == category)
