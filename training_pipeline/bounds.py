"""Bounds of settings: a `ValueError` names the setting, its value, and what it can be.

Knows nothing of what the settings mean. NaN is within no bounds.
"""

from math import inf


def at_least(settings: object, least: int, *names: str) -> None:
    """A `ValueError` where one of the named fields is less than `least`, or without end."""
    for name in names:
        if not least <= getattr(settings, name) < inf:
            raise ValueError(f"{name} cannot be {getattr(settings, name)}; the least is {least}")


def above_zero(settings: object, *names: str) -> None:
    """A `ValueError` where one of the named fields is not above 0, or without end."""
    for name in names:
        if not 0 < getattr(settings, name) < inf:
            raise ValueError(f"{name} cannot be {getattr(settings, name)}; it is above 0")


def share(settings: object, *names: str) -> None:
    """A `ValueError` where one of the named fields is no share, from 0 to 1."""
    for name in names:
        if not 0 <= getattr(settings, name) <= 1:
            raise ValueError(
                f"{name} cannot be {getattr(settings, name)}; it is a share, from 0 to 1"
            )


def multiple(settings: object, name: str, of: str) -> None:
    """A `ValueError` where the field `name` is not some whole number of times the field `of`."""
    whole, part = getattr(settings, name), getattr(settings, of)
    if whole % part:
        raise ValueError(f"{name} cannot be {whole}; it is a multiple of {of}, here {part}")
