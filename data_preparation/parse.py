"""A model's reply becomes memes: whatever its form, each item is kept or rejected with a reason.

Never raises, never makes words up; knows nothing of providers or records.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data_preparation.parsing.fields import (
    BOTTOM,
    EITHER,
    NAMES,
    PICTURE,
    TEXT,
    TOP,
    is_refusal,
    refuses,
    simple,
)
from data_preparation.parsing.labelled import read_pieces
from data_preparation.parsing.loose import Table, Value, Words, read_tables, unescape

GROUP = "group"
PLACEHOLDER = re.compile(r"[\s.…_\-]*|<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}")
WRAPS = ("**", "__", '""', "''", "“”", "‘’", "「」", "*", "_")


@dataclass(frozen=True)
class Item:
    """One meme: what its picture shows, and what it says. group: as the reply names it."""

    picture: str
    text: str
    group: str = ""


@dataclass(frozen=True)
class Reject:
    """What was found and cannot be used, and why."""

    reason: str
    raw: str


@dataclass(frozen=True)
class Parsed:
    """All that a reply holds."""

    items: tuple[Item, ...]
    rejects: tuple[Reject, ...]

    @property
    def found(self) -> int:
        """Items and rejects together."""
        return len(self.items) + len(self.rejects)


@dataclass(frozen=True)
class _Candidate:
    parts: Sequence[tuple[str, str | None]]  # None: a value that is no text
    raw: str
    fault: str = ""


def parse(reply: str, finish: str = "stop") -> Parsed:
    """The memes in `reply`; `finish` is why it ended, by OpenAI's names."""
    said = _spoken(reply)
    found = _from_data(said) or _from_data(unescape(said) if '\\"' in said else "")
    if not any(candidate.parts for candidate in found):
        found = list(_from_list(said, finish)) or found
    judged = [_judge(candidate) for candidate in found] or [Reject(_nothing(said, finish), reply)]
    return Parsed(
        tuple(one for one in judged if isinstance(one, Item)),
        tuple(one for one in judged if isinstance(one, Reject)),
    )


def _spoken(reply: str) -> str:
    """`reply` after its last thought; one that never ends has nothing after it."""
    return reply.rpartition("</think>")[2].partition("<think>")[0]


def _from_data(reply: str) -> list[_Candidate]:
    return [one for table in read_tables(reply) for one in _candidates(table)]


def _nothing(said: str, finish: str) -> str:
    """Why there are no items."""
    if finish in ("refusal", "content_filter") or refuses(said):
        return "refusal"
    if finish == "length":
        return "cut"
    return "no items" if said.strip() else "empty"


def _judge(candidate: _Candidate) -> Item | Reject:
    if candidate.fault:
        return Reject(candidate.fault, candidate.raw)
    if not candidate.parts:
        return Reject("no field names", candidate.raw)
    picture, text = _fields(candidate.parts)
    for name, value in (("picture", picture), ("text", text)):
        if value is None or not value.strip():
            return Reject(f"no {name}", candidate.raw)
        if PLACEHOLDER.fullmatch(value):
            return Reject(f"{name} is a placeholder", candidate.raw)
    if is_refusal(str(text)):
        return Reject("refusal", candidate.raw)
    groups = (value for name, value in candidate.parts if name == GROUP)
    return Item(str(picture), str(text), next(groups, None) or "")


def _fields(parts: Iterable[tuple[str, str | None]]) -> tuple[str | None, str | None]:
    """The picture and the text among named parts; a caption stands for the one that is missing."""
    named = {name: _unwrap(value) for name, value in parts if value is not None}
    picture = _first(named, PICTURE)
    text = _first(named, TEXT) or "\n".join(filter(None, map(named.get, _lines(named)))) or None
    caption = _first(named, EITHER)
    if picture is None:
        return caption, text
    return picture, caption if text is None else text


def _lines(named: Iterable[str]) -> list[str]:
    return [name for group in (TOP, BOTTOM) for name in named if name in group]


def _first(named: dict[str, str], names: set[str]) -> str | None:
    return next((value for name, value in named.items() if name in names), None)


def _candidates(value: Value, in_list: bool = False) -> Iterator[_Candidate]:
    """The items in read data, however they are nested."""
    if isinstance(value, Words):
        yield _Candidate((), value.text, "" if value.whole else "cut")
        return
    known = [(simple(key), one) for key, one in value.pairs if simple(key) in NAMES | {GROUP}]
    inside = [one for key, one in value.pairs if isinstance(one, Table) or value.is_list]
    if known:
        yield from _split(known, value)
    elif in_list and _is_pair(value):
        names = zip(("picture", "text"), value.pairs, strict=False)
        yield _Candidate([(name, _words(one)) for name, (_, one) in names], value.raw, value.fault)
    elif inside:
        for one in inside:
            yield from _candidates(one, value.is_list)
    elif value.pairs:
        yield _Candidate((), value.raw, value.fault)


def _is_pair(value: Table) -> bool:
    """An array of two strings, and perhaps a label, that stands for one meme."""
    kinds = [one.quoted for _, one in value.pairs if isinstance(one, Words)]
    right = kinds[:2] == [True, True] and len(kinds) == len(value.pairs) <= 3
    return value.is_list and right


def _split(known: Sequence[tuple[str, Value]], table: Table) -> Iterator[_Candidate]:
    """One candidate a table, or several where a name comes again; the last bears the fault."""
    groups: list[list[tuple[str, str | None]]] = [[]]
    for name, value in _columns(known):
        if any(name == one for one, _ in groups[-1]):
            groups.append([])
        groups[-1].append((name, _words(value)))
    for group in groups:
        last = group is groups[-1]
        yield _Candidate(group, table.raw, table.fault if last else "")


def _columns(known: Sequence[tuple[str, Value]]) -> Sequence[tuple[str, Value]]:
    """Rows one after the other, where every name holds a list and all are of one length."""
    lists = [value.pairs for _, value in known if isinstance(value, Table) and value.is_list]
    if len(known) < 2 or len(lists) < len(known) or len({len(one) for one in lists}) > 1:
        return known
    rows = zip(*lists, strict=True)
    return [(known[n][0], one) for row in rows for n, (_, one) in enumerate(row)]


def _words(value: Value) -> str | None:
    """The text of a value; lines, where it is a list of strings."""
    if isinstance(value, Words):
        return value.text if value.quoted else None
    lines = [_words(one) for _, one in value.pairs]
    return "\n".join(line for line in lines if line) if all(lines) else None


def _from_list(reply: str, finish: str) -> Iterator[_Candidate]:
    pieces = list(read_pieces(reply))
    for number, piece in enumerate(pieces, 1):
        cut = finish == "length" and number == len(pieces)
        yield _Candidate(piece.parts, "\n".join(piece.lines), "cut" if cut else "")


def _unwrap(value: str) -> str:
    """`value` without blanks, marks of emphasis or quotes around it, or around each line."""
    lines = value.strip().splitlines()
    bare = [_unwrap_line(line) for line in lines]
    if len(lines) > 1 and all(one != line.strip() for one, line in zip(bare, lines, strict=True)):
        return "\n".join(bare)
    return _unwrap_line(value)


def _unwrap_line(value: str) -> str:
    value = value.strip()
    for wrap in WRAPS:
        half = len(wrap) // 2 or 1
        first, last = wrap[:half], wrap[-half:]
        if len(value) > 2 * half and value.startswith(first) and value.endswith(last):
            value = value[half:-half].strip()
    return value
