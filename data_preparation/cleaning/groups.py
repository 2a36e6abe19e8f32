"""Groups: which rows must stay on one side of a split. Rows that share anything are joined."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data_preparation.cleaning.shingles import Index, features
from data_preparation.record import Record
from data_preparation.split import group_key


def join_groups(records: Iterable[Record], near: float | None = None) -> tuple[Record, ...]:
    """`records`, each with a group, which is one for rows that share a group, text or picture.

    near: where given, rows whose Jaccard index reaches it share a group too. A joined group takes
    the first name of its members in the alphabet, so that the order of rows does not matter.
    """
    rows = tuple(records)
    keys = [_keys(row) for row in rows]
    for number, alike in enumerate(_alike(rows, near) if near else ()):
        keys[number] += [f"near {other}" for other in (number, *alike)]
    roots = _join(keys)
    names: dict[str, str] = {}
    for row, own in zip(rows, keys, strict=True):
        root = _find(roots, own[0])
        names[root] = min(names.get(root, _name(row)), _name(row))
    return tuple(
        replace(row, group=names[_find(roots, own[0])]) for row, own in zip(rows, keys, strict=True)
    )


def _keys(row: Record) -> list[str]:
    text = group_key(row.text or "")
    shared = [("group", row.group), ("text", text), ("image", row.image)]
    return [f"{kind} {value}" for kind, value in shared if value] or [f"id {row.id}"]


def _name(row: Record) -> str:
    return row.group or group_key(row.text or "") or row.id


def _alike(rows: Sequence[Record], threshold: float) -> list[list[int]]:
    index = Index(threshold)
    found = []
    for number, row in enumerate(rows):
        pieces = features(row)
        found.append([int(key) for key in index.like(pieces)])
        index.add(str(number), pieces)
    return found


def _join(keys: Iterable[list[str]]) -> dict[str, str]:
    roots: dict[str, str] = {}
    for own in keys:
        first = _find(roots, own[0])
        for key in own[1:]:
            roots[_find(roots, key)] = first
    return roots


def _find(roots: dict[str, str], key: str) -> str:
    roots.setdefault(key, key)
    while roots[key] != key:
        roots[key] = roots[roots[key]]  # halve the path, so that long chains stay short
        key = roots[key]
    return key
