"""Says what became of one meme's words in a reading of it; counts nothing over memes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from data_preparation.drawing.fonts import script
from data_preparation.ocr_noise.align import Pair, cut, kept, set_apart
from data_preparation.ocr_noise.table import WATERMARK

LOST = 0.2  # a line of which less came back counts as lost whole
SAME = 0.8  # a stray line as near (difflib's ratio) to a lost one is that line, elsewhere
MARKED = 0.5  # a stray line as near to the watermark is a reading of it

Added = tuple[str, str, str]  # script, place in the line, and the character too many


@dataclass(frozen=True)
class Readback:
    """One meme: its pairs line by line, and what of it has no pair.

    lines: those that came back. lost: texts of those that did not. strays: lines too many.
    joined: line breaks lost, of `breaks` between lines that came back.
    """

    language: str
    lines: tuple[tuple[Pair, ...], ...]
    lost: tuple[str, ...]
    strays: tuple[str, ...]
    joined: int
    breaks: int
    width: int


def compare(language: str, truth: str, read: str) -> Readback:
    """What became of `truth`, lines of a picture, in `read`."""
    pairs, strays = set_apart(truth, read)
    lines = cut(pairs)
    back = [kept(line) >= LOST * max(1, length(line)) for line in lines]
    both = [line for n, line in enumerate(lines[:-1]) if back[n] and back[n + 1]]
    joined = sum(line[-1][1] != "\n" for line in both)
    texts = ["".join(first for first, _ in line).strip() for line in lines]
    there = tuple(tuple(line) for line, found in zip(lines, back, strict=True) if found)
    lost = tuple(text for text, found in zip(texts, back, strict=True) if not found)
    return Readback(language, there, lost, tuple(strays), joined, len(both), max(map(len, texts)))


def added(line: Sequence[Pair]) -> Iterator[Added]:
    """The characters too many in `line`, spaces aside; each with the script beside it."""
    letters = [n for n, pair in enumerate(line) if is_letter(pair)]
    for n, (first, second) in enumerate(line):
        if not first and not second.isspace():
            place = "start" if n < letters[0] else "end" if n > letters[-1] else "inside"
            beside = max((at for at in letters if at < n), default=letters[0])
            yield script(line[beside][0]), place, second


def moved(meme: Readback) -> int:
    """How many lines came back, but elsewhere."""
    return sum(
        any(SequenceMatcher(None, text, stray).ratio() > SAME for stray in meme.strays)
        for text in meme.lost
    )


def watermarks(meme: Readback) -> list[str]:
    """The strays that are the watermark's; the others are the meme's own lines, past knowing."""
    return [
        stray
        for stray in meme.strays
        if SequenceMatcher(None, stray.lower(), WATERMARK).ratio() >= MARKED
    ]


def length(pairs: Iterable[Pair]) -> int:
    """How many characters of the truth there are, spaces aside."""
    return sum(map(is_letter, pairs))


def is_letter(pair: Pair) -> bool:
    """Whether the truth has a character here, and not a space."""
    return bool(pair[0]) and not pair[0].isspace()
