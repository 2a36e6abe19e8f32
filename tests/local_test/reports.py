"""Evidence made up for the tests of the report, and pages of it in Debian's Chromium."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Dialog, Page

from local_test.report import main

WAIT = 20  # seconds, for machines that are busy
CHROMIUM = Path("/usr/bin/chromium")
ATTACK = "</script><img src=x onerror=alert(1)><script>alert(2)</script>"


def line(path: str, proba: float, text: str = "", **more: Any) -> dict[str, Any]:
    """One line of an evidence file, with the threshold at a half."""
    views = {"harmful/text": proba, "harmful/caption_text": proba}
    row: dict[str, Any] = {
        "path": path,
        "caption": f"a picture of {path[-5:-4]}",
        "ocr_text": text,
        "views": views,
    }
    row |= {"proba": proba, "label": int(proba > 0.5), "fallback": None}
    return row | {"seconds": {"decode": 0.01, "ocr": 0.3}} | more


LINES = (
    line("/images/a.png", 0.91, "good morning"),
    line("/images/b.png", 0.82, ATTACK),
    line("/images/c.png", 0.33, "早上好"),
    line("/images/d.png", 0.12, "selamat \u202epagi"),
    line("/images/e.png", 0.61, "good night"),
    line("/images/f.png", 0.5, fallback="cannot be opened", views={}, seconds={}),
)
LABELS = (
    "image,label,language\na.png,1,en\nb.png,0,en\nc.png,1,zh\nd.png,0,ms\ne.png,1,en\nf.png,0,\n"
)


def write_report(
    folder: Path, lines: tuple[dict[str, Any], ...] = LINES, labels: str = LABELS, *more: str
) -> Path:
    """The report of `lines`, whose pictures lie in `folder` where they are there."""
    evidence, truth, output = folder / "e.jsonl", folder / "labels.csv", folder / "report.html"
    evidence.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    truth.write_text(labels, encoding="utf-8")
    more = ("--threshold", "0.5", *more)
    given = ["--evidence", str(evidence), "--images", str(folder), "--output", str(output), *more]
    assert main([*given, "--labels", str(truth)] if labels else given) == 0
    return output


def draw_pictures(folder: Path, names: str) -> None:
    for number, name in enumerate(names):
        Image.new("RGB", (640, 480), (40 * number, 90, 160)).save(folder / f"{name}.png")


def until(page: Page, expression: str) -> None:
    """Wait until it is true, asking from outside: what waits inside the page evaluates strings
    there, which the report's content security policy forbids."""
    end = time.monotonic() + WAIT
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


@contextmanager
def opened(browser: Browser, report: Path, address: str = "", **context: Any) -> Iterator[Page]:
    """The report as a person has it open; afterwards it has asked for nothing and said nothing."""
    with browser.new_context(**context) as session:
        page, asked, said = session.new_page(), [], []

        def dismiss(dialog: Dialog) -> None:
            said.append(dialog.message)
            dialog.dismiss()

        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", dismiss)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(f"{report.as_uri()}{address}")
        until(page, "document.querySelector('#count').textContent")
        yield page
        fetched = [url for url in asked if not url.startswith(("data:", report.as_uri()))]
        assert (fetched, said) == ([], [])
