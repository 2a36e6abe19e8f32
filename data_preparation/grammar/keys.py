"""Which items of the grammar answer a prompt key such as `race_harmful` or `hard_negatives`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from data_preparation.grammar import FOLDER, Item, group_name, items
from model_package.errors import UserError
from model_package.toml_file import read_toml

HARD = "hard_negatives"
SIDES = {"harmful": 1, "harmless": 0}

Test = Callable[[Item], bool]


@dataclass(frozen=True)
class Key:
    """Families whose items answer the key `name`; where given, only of `categories`, `groups`."""

    name: str
    families: tuple[str, ...]
    categories: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def takes(self, item: Item) -> bool:
        """Whether `item` answers this key."""
        return (
            item.family in self.families
            and (not self.categories or item.category in self.categories)
            and (not self.groups or group_name(item) in self.groups)
        )


@dataclass(frozen=True)
class _Keys:
    keys: tuple[Key, ...]


@cache
def answers(key: str, language: str, seed: int) -> Sequence[Item]:
    """The items for `key` in `language`, each once; the n-th is the same meme in any language."""
    every = tuple(items(language, seed))
    test = _tests(every).get(key)
    if test is None:
        raise UserError(f"the grammar has no key {key!r}; known: {', '.join(_tests(every))}")
    return tuple(item for item in every if test(item))


def _tests(every: Sequence[Item]) -> Mapping[str, Test]:
    sides = {
        f"{category}_{side}": _side(category, label)
        for category in sorted({item.category for item in every})
        for side, label in SIDES.items()
        if any(_side(category, label)(item) for item in every)
    }
    written = {key.name: key.takes for key in read_toml(FOLDER / "keys.toml", _Keys).keys}
    return sides | written | {HARD: _is_hard}


def _side(category: str, label: int) -> Test:
    return lambda item: (item.category, item.label) == (category, label) and not _is_hard(item)


def _is_hard(item: Item) -> bool:
    return item.kind == "hard_negative"
