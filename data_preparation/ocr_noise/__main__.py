"""Learns OCR noise: draws memes, has OCR read them, and counts what came back.

    python -m data_preparation.ocr_noise learn

The table that is committed was learned with the settings that `learn` has by default.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from data_preparation.ocr_noise import TABLE
from data_preparation.ocr_noise.compare import Readback, compare
from data_preparation.ocr_noise.learning import make_table
from data_preparation.ocr_noise.memes import LANGUAGES, draw, truth
from data_preparation.ocr_noise.table import Table, write_table
from model_package.errors import UserError
from model_package.ocr import Reader, make_reader
from model_package.profile import Ocr


def learn(reader: Reader, memes: int, seed: int = 0, languages: Sequence[str] = LANGUAGES) -> Table:
    """Draw `memes` in each of `languages`, read them with `reader`, and count."""
    wanted = [(language, seed + n) for n in range(memes) for language in languages]
    return make_table(list(_readbacks(reader, wanted)))


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    try:
        table = learn(make_reader(Ocr(), flags.threads), flags.memes, flags.seed)
        write_table(flags.output, table)
    except UserError as error:
        print(f"ocr_noise: {error}", file=sys.stderr)
        return 2
    return 0


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.ocr_noise")
    verb = parser.add_subparsers(required=True).add_parser("learn", help="make the table")
    verb.add_argument("--output", type=Path, default=TABLE, help="the table's file")
    verb.add_argument("--memes", type=int, default=200, help="memes in each language")
    verb.add_argument("--seed", type=int, default=0, help="other memes for another seed")
    verb.add_argument("--threads", type=int, default=1, help="the most that OCR may use")
    return parser


def _readbacks(reader: Reader, wanted: Sequence[tuple[str, int]]) -> Iterator[Readback]:
    for language, seed in tqdm(wanted, desc="reading", unit="meme"):
        drawn = draw(language, seed)
        yield compare(language, truth(drawn), reader.read(drawn.image))


if __name__ == "__main__":
    sys.exit(main())
