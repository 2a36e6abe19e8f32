"""How much of known words OCR reads back from drawn memes, by language and by ground.

Prints a Markdown table: similarity of characters (difflib's ratio, spaces aside; mean and worst),
share of the truth's characters that were found, share of the spaces between words that survive,
spaces too many, processor seconds a meme. `python -m benchmarks.ocr_quality [--templates FOLDER]`;
templates are pictures to write on, and where one has words of its own similarity counts them wrong.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from PIL import Image

from benchmarks.ocr_sentences import SENTENCES
from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.render import Drawn, Meme, render
from model_package.ocr import Reader, make_reader
from model_package.profile import Ocr

SIZE = (600, 450)
SIZES = (52, 44, 36, 30)  # of the largest font, in pixels

Draw = Callable[[tuple[str, str], int], Drawn]


@dataclass(frozen=True)
class Score:
    """What was read of one meme."""

    similarity: float
    found: float
    spaces: int
    kept: int
    added: int
    seconds: float


def clean(words: tuple[str, str], seed: int) -> Drawn:
    """Black on white, as in a document."""
    meme = Meme(*words, ink="dark", capitals=False, size=40)
    return render(meme, Image.new("RGB", SIZE, "white"))


def busy(words: tuple[str, str], seed: int) -> Drawn:
    """Outlined capitals on a drawn ground."""
    ground = GROUNDS[("shapes", "clouds")[seed % 2]](SIZE, seed)
    return render(_outlined(words, seed), ground)


def on_templates(folder: Path) -> Draw:
    """Outlined capitals on the pictures in `folder`."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in {".jpg", ".png"})

    def draw(words: tuple[str, str], seed: int) -> Drawn:
        picture = Image.open(random.Random(seed).choice(paths)).convert("RGB")
        height = min(800, max(300, 600 * picture.height // picture.width))
        return render(_outlined(words, seed), picture.resize((600, height)))

    return draw


def measure(reader: Reader, drawn: Drawn) -> Score:
    """Read one meme and compare it with the truth."""
    start = time.process_time()
    text = reader.read(drawn.image)
    seconds = time.process_time() - start
    truth, read = _squeeze(drawn.text), _squeeze(text)
    matcher = SequenceMatcher(None, truth[0], read[0], autojunk=False)
    there = {b + n: a + n for a, b, size in matcher.get_matching_blocks() for n in range(size)}
    found = {there[n] for n in read[1] if n in there}
    kept, share = len(truth[1] & found), len(there) / len(truth[0])
    return Score(matcher.ratio(), share, len(truth[1]), kept, len(read[1]) - kept, seconds)


def table(reader: Reader, kinds: dict[str, Draw], seed: int) -> Iterator[str]:
    """The lines of the table."""
    yield "| language | ground | memes | similarity | worst | found | spaces | added | seconds |"
    yield "| --- " * 9 + "|"
    for language, sentences in SENTENCES.items():
        for kind, draw in kinds.items():
            memes = [draw(words, seed + n) for n, words in enumerate(sentences)]
            yield _row(language, kind, [measure(reader, drawn) for drawn in memes])


def main() -> int:
    """Print the table for the engines that are installed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--templates", type=Path, help="a folder of pictures to write on")
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--max-side", type=int, default=Ocr().max_side)
    flags = parser.parse_args()
    kinds: dict[str, Draw] = {"clean": clean, "busy": busy}
    if flags.templates:
        kinds["template"] = on_templates(flags.templates)
    reader = make_reader(Ocr(max_side=flags.max_side), threads=1)
    for line in table(reader, kinds, flags.seed):
        print(line, flush=True)
    return 0


def _outlined(words: tuple[str, str], seed: int) -> Meme:
    noise = (None, 75, 50)[seed % 3]
    return Meme(*words, size=SIZES[seed % 4], watermark="imgflip.com", jpeg=noise)


def _squeeze(text: str) -> tuple[str, set[int]]:
    """The characters without spaces, and before which of them a space stood."""
    words = text.split()
    ends = {sum(map(len, words[:n])) for n in range(1, len(words))}
    return "".join(words), ends


def _row(language: str, kind: str, scores: list[Score]) -> str:
    count = len(scores)
    kept = sum(score.kept for score in scores) / max(1, sum(score.spaces for score in scores))
    values = [score.similarity for score in scores]
    found, seconds = (
        sum(part) / count for part in zip(*((s.found, s.seconds) for s in scores), strict=True)
    )
    return (
        f"| {language} | {kind} | {count} | {sum(values) / count:.3f} | {min(values):.2f} "
        f"| {found:.3f} | {kept:.3f} | {sum(score.added for score in scores)} | {seconds:.2f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
