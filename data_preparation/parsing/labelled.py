"""Reads lists as models write them: numbered items, a name and a colon before each part.

Knows nothing of JSON, nor of which parts an item needs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from data_preparation.parsing.fields import NAMES, OTHER, REMARKS, simple

DECORATION = r"[\s>#*_\-•\"“]*"
ITEM = r"(?:meme|example|item|contoh|示例|例子|例|梗图|மீம்)\s*"
MARK = re.compile(
    rf"{DECORATION}(?:(?:{ITEM})?[\(（]?\d{{1,3}}\s*[.)）、:：][\s*_]*(?!\d)"
    rf"|{ITEM}[#№]?\d{{1,3}}[\s*_#]*(?:$|(?=[-–—])))",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*([-*_=—–])(?:\s*\1){2,}\s*")


def _any_of(names: set[str]) -> str:
    return "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))


SPACED = _any_of(NAMES)
ASIDE = rf"{DECORATION}[\(（\[]?(?:{_any_of(OTHER)})[\s*_\"”]*[:：]"
LABEL = re.compile(rf"{DECORATION}({SPACED})[\s*_\"”]*[:：][\s*_]*", re.IGNORECASE)
NAMED = rf"{DECORATION}(?:{SPACED})[\s*_\"”]*[:：]"
BOLD = rf"\*\*\s*(?:{_any_of(NAMES | OTHER)})[\s*_]*[:：]"
SEAM = re.compile(
    rf"\s*[|;；–—/,，。.]\s*(?={NAMED})|\s*[|;；]\s*(?={ASIDE})|(?<=[^\s\-•*#>])\s+(?={BOLD})",
    re.IGNORECASE,
)
END = re.compile(rf"{ASIDE}|{DECORATION}[\(（\[]?(?:{REMARKS.pattern})", re.IGNORECASE)


@dataclass
class Piece:
    """One item of a list: its named parts in order, and all its lines."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    numbered: bool = False
    is_open: bool = False  # the last part goes on with the next line

    def has(self, name: str) -> bool:
        """Whether a part is called `name`."""
        return any(one == name for one, _ in self.parts)

    def extend(self, line: str) -> None:
        """Add a line without a name: it goes on with the last part, until a blank one or a rule."""
        if not self.parts or not self.is_open:
            return
        name, value = self.parts[-1]
        if line.strip() and not RULE.fullmatch(line):
            self.parts[-1] = (name, f"{value}\n{line.strip()}".strip())
        else:
            self.is_open = not value


def read_pieces(text: str) -> Iterator[Piece]:
    """The items of `text`: numbered, or begun by a name that the item before has already."""
    piece = Piece()
    for line in text.splitlines():
        if line.strip().startswith("```"):
            continue
        mark = MARK.match(line)
        if mark:
            yield from _done(piece)
            piece = Piece(numbered=True)
        for part in SEAM.split(line[mark.end() :] if mark else line):
            label = LABEL.match(part)
            if label and piece.has(simple(label[1])):
                yield from _done(piece)
                piece = Piece(numbered=False)
            _add(piece, label, part)
    yield from _done(piece)


def _add(piece: Piece, label: re.Match[str] | None, part: str) -> None:
    piece.lines.append(part)
    if label:
        piece.parts.append((simple(label[1]), part[label.end() :].strip()))
        piece.is_open = True
    elif END.match(part):
        piece.is_open = False  # what is said about a meme, or after the last, is none of its words
    else:
        piece.extend(part)


def _done(piece: Piece) -> Iterator[Piece]:
    if piece.parts or (piece.numbered and "".join(piece.lines).strip()):
        yield piece
