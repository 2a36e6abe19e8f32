"""Makes a template's neighbours by exchanging slots, in all languages; knows nothing of rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from data_preparation.functional.template import Template
from data_preparation.grammar.draw import SLOT
from data_preparation.grammar.files import Line

Swap = Mapping[str, str]  # a slot's name and the name of what stands there instead


@dataclass(frozen=True)
class NamedSwap:
    """Slots to exchange, in pairs, under a name that template files use."""

    name: str
    slots: tuple[Line, ...]


@dataclass(frozen=True)
class Swaps:
    """The file mirrors.toml."""

    swaps: tuple[NamedSwap, ...]

    def by_name(self) -> dict[str, Swap]:
        """Each swap as a mapping."""
        return {one.name: {old: new for old, new in one.slots} for one in self.swaps}


def mirror(template: Template, swap: Swap, name: str, functionality: str, label: int) -> Template:
    """`template` with the slots of `swap` exchanged, of its own id, in the same group of rows."""
    line = tuple(SLOT.sub(lambda slot: _exchange(slot, swap), one) for one in template.line)
    told = f"{functionality}/{name}-{template.id.replace('/', '-')}"
    return replace(template, id=told, functionality=functionality, label=label, line=line)


def applies(template: Template, swap: Swap) -> bool:
    """Whether any slot of `template` is one that `swap` exchanges."""
    return any(slot in swap for slot in template.slots)


def _exchange(slot: re.Match[str], swap: Swap) -> str:
    space, name, form = slot[1], swap.get(slot[2], slot[2]), slot[3]
    return f"{space}{{{name}.{form}}}" if form else f"{space}{{{name}}}"
