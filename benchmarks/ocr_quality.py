"""How much of known words OCR reads back from drawn memes, by language and by style.

    python -m benchmarks.ocr_quality [--material FILE.toml] [--templates FOLDER]

By default on fonts, photographs and sentences that OCR was never tuned on. Prints a Markdown
table: similarity of characters (difflib's ratio, spaces aside) with its 95 % bootstrap interval
and the worst meme's; the share of spaces between words that survive, and spaces too many; the
share of the site mark's characters that is let through; the share of lines in a script that the
meme is not written in; processor seconds a meme. --templates: pictures to write on; where one
has words of its own, similarity counts them wrong.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from benchmarks.ocr_drawing import MARK, STYLES, Case
from benchmarks.ocr_material import HELD_OUT, Material, load_material
from data_preparation.drawing.fonts import script
from model_package.errors import UserError
from model_package.images import decode_image
from model_package.ocr import Reader, make_reader
from model_package.profile import Limits, Ocr

HEADER = (
    "| language | style | memes | similarity | worst "
    "| spaces kept | added | mark | junk | seconds |"
)
LIKE_MARK = 0.5  # difflib's ratio, from which a line that nobody wrote is the site's mark
DRAWS = 1000


@dataclass(frozen=True)
class Score:
    """What was read of one meme. mark: characters of the site's mark. junk: of `lines` read."""

    similarity: float
    spaces: int
    kept: int
    added: int
    mark: int
    junk: int
    lines: int
    seconds: float


def measure(reader: Reader, case: Case) -> Score:
    """Read one meme, as the container would, and compare it with the truth."""
    image = decode_image(case.png, Limits())
    start = time.process_time()
    text = reader.read(image)
    seconds = time.process_time() - start
    truth, read = _squeeze(case.text), _squeeze(text)
    matcher = SequenceMatcher(None, truth[0], read[0], autojunk=False)
    there = {b + n: a + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}
    found = {there[n] for n in read[1] if n in there}
    kept, lines = len(truth[1] & found), text.splitlines()
    marks = [line for line in lines if _is_mark(line)]
    junk = [
        line for line in lines if line not in marks and not _scripts(line) & _scripts(case.text)
    ]
    return Score(
        similarity=matcher.ratio(),
        spaces=len(truth[1]),
        kept=kept,
        added=len(read[1]) - kept,
        mark=sum(min(len(line), len(MARK)) for line in marks),
        junk=len(junk),
        lines=len(lines),
        seconds=seconds,
    )


def table(reader: Reader, material: Material) -> Iterator[str]:
    """The lines of the table."""
    yield HEADER
    yield "| --- " * 10 + "|"
    everything: dict[str, list[Score]] = {}
    for language in material.sentences:
        for style in STYLES:
            scores = [measure(reader, case) for case in material.cases(language, style)]
            everything.setdefault(language, []).extend(scores)
            yield row(language, style, scores)
    for language, scores in everything.items():
        yield row(language, "all", scores)


def row(language: str, style: str, scores: Sequence[Score]) -> str:
    """One line of the table."""
    values = np.array([score.similarity for score in scores])
    draws = np.random.default_rng(0).choice(values, (DRAWS, len(values))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    spaces, kept, added, mark, junk, lines = (
        sum(getattr(score, name) for score in scores)
        for name in ("spaces", "kept", "added", "mark", "junk", "lines")
    )
    seconds = sum(score.seconds for score in scores) / len(scores)
    return (
        f"| {language} | {style} | {len(scores)} | {values.mean():.3f} ({low:.3f}-{high:.3f}) "
        f"| {values.min():.2f} | {kept / spaces if spaces else 1:.3f} | {added} "
        f"| {mark / (len(MARK) * len(scores)):.3f} | {junk / max(1, lines):.3f} | {seconds:.2f} |"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table for the engines that are installed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--material", type=Path, default=HELD_OUT, help="what memes are made of")
    parser.add_argument("--templates", type=Path, help="a folder of pictures to write on")
    parser.add_argument("--max-side", type=int, default=Ocr().max_side)
    flags = parser.parse_args(argv)
    try:
        material = load_material(flags.material, flags.templates)
        reader = make_reader(Ocr(max_side=flags.max_side), threads=1)
    except UserError as error:
        print(f"ocr_quality: {error}", file=sys.stderr)
        return 2
    for line in table(reader, material):
        print(line, flush=True)
    return 0


def _squeeze(text: str) -> tuple[str, set[int]]:
    """The characters without spaces, and before which of them a space stood."""
    words = text.split()
    ends = {sum(map(len, words[:n])) for n in range(1, len(words))}
    return "".join(words), ends


def _is_mark(line: str) -> bool:
    plain = line.lower().replace(" ", "")
    near = SequenceMatcher(None, plain, MARK, autojunk=False).ratio() >= LIKE_MARK
    return MARK in plain or (near and len(plain) <= len(MARK) + 3)


def _scripts(text: str) -> set[str]:
    return {script(character) for character in text if character.isalpha()}


if __name__ == "__main__":
    sys.exit(main())
