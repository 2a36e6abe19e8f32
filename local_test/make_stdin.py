"""Rewrites the two stdin files from a folder of images: one path a line, as the judge sends them.

`stdin.csv` names each image as the container sees it (`/images/NAME`), `stdin_local.csv` by its
path from the current folder, which is the project's root. Both are written as the judge's is: by
`csv.writer`, so with CRLF line ends, and with quotes where a name holds a comma or a quote.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterable
from pathlib import Path

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp"}
MOUNT = "/images"


def write_stdin(img_folder: Path, output_folder: Path) -> int:
    """Write both files into `output_folder`; returns how many images `img_folder` holds."""
    names = sorted(
        path.name
        for path in img_folder.iterdir()
        if path.suffix.lower() in SUFFIXES and path.is_file()
    )
    local = Path(os.path.relpath(img_folder)).as_posix()
    output_folder.mkdir(parents=True, exist_ok=True)
    write_rows(output_folder / "stdin.csv", (f"{MOUNT}/{name}" for name in names))
    write_rows(output_folder / "stdin_local.csv", (f"{local}/{name}" for name in names))
    return len(names)


def write_rows(path: Path, values: Iterable[str]) -> None:
    """One value a row, CRLF ends; bytes of a name that are not UTF-8 are kept as they are."""
    with path.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file).writerows([value] for value in values)


def main() -> int:
    """Read the flags; exit code 2 when the folder of images is not there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--img_folder", type=Path, default=Path("local_test/test_images"))
    parser.add_argument("--output_folder", type=Path, default=Path("local_test/test_stdin"))
    flags = parser.parse_args()
    if not flags.img_folder.is_dir():
        parser.error(f"--img_folder {str(flags.img_folder)!r} is not a folder")
    count = write_stdin(flags.img_folder, flags.output_folder)
    print(f"{count} paths written into {flags.output_folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
