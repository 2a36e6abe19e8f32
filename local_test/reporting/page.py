"""One HTML file that asks nothing of anybody: data, pictures, style and script in one.

Its policy lets the browser run this one script and style, known by their hashes, and fetch
nothing. Words read from memes are data: they lie in a block that no browser runs, and the script
puts them in place as text alone.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PARTS = Path(__file__).parent / "page"
SCRIPTS = (
    "elements.js",
    "state.js",
    "numbers.js",
    "charts.js",
    "plots.js",
    "head.js",
    "card.js",
    "gallery.js",
    "detail.js",
    "keys.js",
    "start.js",
)


def page(data: dict[str, Any], pictures: Iterable[str]) -> str:
    """The whole page. pictures: one a row of `data["rows"]`, as thumbnails.py makes them."""
    script = "\n".join((PARTS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    script = f'"use strict";\n{{\n{script}}}\n'
    style = (PARTS / "page.css").read_text(encoding="utf-8")
    filled = {
        "policy": policy(script, style),
        "style": style,
        "data": as_json(data),
        "pictures": "\n".join(pictures),
        "script": script,
    }
    text = (PARTS / "page.html").read_text(encoding="utf-8")
    parts = text.split("%%")  # odd ones are names, so nothing that was filled in is read again
    return "".join(filled[part] if number % 2 else part for number, part in enumerate(parts))


def as_json(data: object) -> str:
    """JSON that cannot end the element it stands in: all but ASCII is escaped, and `<` too."""
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def policy(script: str, style: str) -> str:
    """A Content-Security-Policy under which nothing else runs and nothing is fetched."""
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
