"""Makes a template's neighbours by exchanging slots, in all languages; knows nothing of rows."""

import re
from dataclasses import dataclass, replace

from data_preparation.functional.template import Template
from data_preparation.grammar.draw import SLOT
from data_preparation.grammar.files import Line


@dataclass(frozen=True)
class Swap:
    """Slots to exchange, in pairs, under a name that template files use.

    unless: slots that a template must not have for the swap to apply.
    """

    name: str
    slots: tuple[Line, ...]
    unless: tuple[str, ...] = ()

    @property
    def exchanges(self) -> dict[str, str]:
        """The name of what stands in a slot's place, by the slot's name."""
        return {old: new for old, new in self.slots}

    def applies(self, template: Template) -> bool:
        """Whether `template` has a slot to exchange, and none that forbids it."""
        has = set(template.slots)
        return bool(has & set(self.exchanges)) and not has & set(self.unless)


@dataclass(frozen=True)
class Swaps:
    """The file mirrors.toml."""

    swaps: tuple[Swap, ...]


def mirror(template: Template, swap: Swap, functionality: str, label: int) -> Template:
    """`template` with the slots of `swap` exchanged, of its own id, in the same group of rows."""
    line = tuple(SLOT.sub(lambda slot: _exchange(slot, swap), one) for one in template.line)
    told = f"{functionality}/{swap.name}-{template.id.replace('/', '-')}"
    return replace(template, id=told, functionality=functionality, label=label, line=line)


def _exchange(slot: re.Match[str], swap: Swap) -> str:
    space, name, form = slot[1], swap.exchanges.get(slot[2], slot[2]), slot[3]
    return f"{space}{{{name}.{form}}}" if form else f"{space}{{{name}}}"
