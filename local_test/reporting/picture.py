"""Draws the picture of a report that the README shows, in Debian's Chromium.

Knows nothing of what a report holds, but which of its sample memes are harmless to look at.
"""

import argparse
import sys
from pathlib import Path

from PIL import Image

from data_preparation.place import prepare_file
from model_package.errors import UserError

CHROMIUM = Path("/usr/bin/chromium")
SIZE = (1240, 1500)
COLOURS = 200
SHOWN = (1, 2, 6, 8)  # memes without a veil


def draw_picture(report: Path, output: Path) -> None:
    """Write the curves and first memes of `report` as a PNG of few colours.

    `UserError` where there is no Chromium.
    """
    from playwright.sync_api import ViewportSize, sync_playwright  # noqa: PLC0415

    if not CHROMIUM.exists():
        raise UserError(f"{CHROMIUM} is not there; on Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size: ViewportSize = {"width": SIZE[0], "height": SIZE[1]}
        page = browser.new_page(viewport=size, color_scheme="light")
        page.goto(report.resolve().as_uri())
        page.click("nav >> text=Memes")
        for number in SHOWN:
            page.click(f".card >> nth={number - 1} >> .picture")
        page.click("nav >> text=Curves")
        page.mouse.move(0, 0)
        page.screenshot(path=output)
    with Image.open(output) as picture:
        picture.convert("RGB").quantize(COLOURS).save(output, optimize=True)


def main() -> int:
    """Draw it; 2 for a user's mistake, with one line that says the cure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--report", type=Path, required=True, metavar="FILE.html")
    parser.add_argument("--output", type=Path, default=Path("docs/report.png"))
    flags = parser.parse_args()
    try:
        draw_picture(flags.report, prepare_file(flags.output))
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(flags.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
