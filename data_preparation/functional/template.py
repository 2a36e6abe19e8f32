"""What a template is, and how template files are read; knows nothing of slots' values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from data_preparation.grammar.draw import SLOT
from data_preparation.grammar.files import LANGUAGES, Line
from model_package.errors import UserError


@dataclass(frozen=True)
class Template:
    """One sentence in each of LANGUAGES. label: 1 harmful.

    id: functionality and number. family: the id of the template that it was written or mirrored
    as; templates of one family are never split. block: the list that it was written in.
    """

    id: str
    functionality: str
    label: int
    line: Line
    family: str = ""
    block: str = ""

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of its slots, in any language, each once."""
        return slots(self.line)

    @property
    def first(self) -> bool:
        """Whether it was written in its functionality's first list, and is no mirror."""
        return self.block.endswith("/0") and self.id == self.family


@dataclass(frozen=True)
class Functionality:
    """What templates of one kind probe.

    mirrors: pairs of a swap (mirrors.toml) and the functionality that its result belongs to.
    beside: none, or a neighbour for each line, written out, of the functionality `beside_name`.
    """

    name: str
    label: int
    lines: tuple[Line, ...]
    mirrors: tuple[Line, ...] = ()
    beside: tuple[Line, ...] = ()
    beside_name: str = ""


@dataclass(frozen=True)
class Pairs:
    """Templates in twos, the first of names[0] and the second of names[1], of one family."""

    names: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class TemplateFile:
    """One file of templates."""

    functionalities: tuple[Functionality, ...] = ()
    pairs: tuple[Pairs, ...] = ()


def slots(line: Line) -> tuple[str, ...]:
    """The names of the slots in `line`, in any language, each once."""
    return tuple(dict.fromkeys(found[2] for one in line for found in SLOT.finditer(one)))


def lists(files: Sequence[TemplateFile]) -> list[Functionality]:
    """What `files` hold, pairs last; a name's label is the one that it has outside of pairs."""
    found = [one for file in files for one in file.functionalities]
    labels = {one.name: one.label for one in found}
    return found + [_paired(pair, labels) for file in files for pair in file.pairs]


def number(kinds: Iterable[Functionality]) -> list[tuple[Functionality, list[Template]]]:
    """The templates of each of `kinds`; one name's numbers run on from list to list."""
    found: list[tuple[Functionality, list[Template]]] = []
    seen = Counter[str]()
    for kind in kinds:
        first = seen[kind.name]
        found.append((kind, [_template(kind, first, n) for n in range(len(kind.lines))]))
        seen[kind.name] += len(kind.lines)
    return found


def neighbour(kind: Functionality, n: int, template: Template, label: int) -> Template:
    """What is written beside the n-th line of `kind`, which is `template`."""
    told = f"{kind.beside_name}/beside-{template.id.replace('/', '-')}"
    line = in_all_languages(kind.beside[n])
    return replace(template, id=told, functionality=kind.beside_name, label=label, line=line)


def in_all_languages(values: Line) -> Line:
    """`values`, if there is one for each of LANGUAGES."""
    if len(values) != len(LANGUAGES) or not all(values):
        raise UserError(f"functional: {values!r} is not in {', '.join(LANGUAGES)}")
    return values


def _paired(pairs: Pairs, labels: Mapping[str, int]) -> Functionality:
    first, second = pairs.names
    if len(pairs.lines) % 2 or labels[first] == labels[second]:
        raise UserError(f"functional: pairs of {first} and {second} are no pairs of two labels")
    return Functionality(
        first, labels[first], pairs.lines[::2], beside=pairs.lines[1::2], beside_name=second
    )


def _template(kind: Functionality, first: int, n: int) -> Template:
    told, line = f"{kind.name}/{first + n}", in_all_languages(kind.lines[n])
    return Template(told, kind.name, kind.label, line, told, f"{kind.name}/{first}")
