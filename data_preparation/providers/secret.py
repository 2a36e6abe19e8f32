"""The API key: read from the environment, and kept out of whatever is shown or written."""

import json
from collections.abc import Mapping
from typing import Final

from data_preparation.providers.wire import mend
from model_package.errors import UserError

NO_KEY: Final = "no-key-needed"  # sent to servers that ask for none; no secret
LONGEST = 200  # characters of a reason


def take_key(environ: Mapping[str, str], other: str, needless: bool = False) -> str:
    """The key in API_KEY, or in the variable `other`; `NO_KEY` where none is needed."""
    name = "API_KEY" if environ.get("API_KEY", "").strip() else other
    key = environ.get(name, "").strip() or (NO_KEY if needless else "")
    if not key:
        raise UserError(f"no key: set API_KEY or {other}, or use the --base-url of your own server")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UserError(f"{name} holds a character that no key has; set it again, without quotes")
    return key


def shorten(text: str, secret: str) -> str:
    """`text` on one line, without the secret, and only then cut: half a key is a key too."""
    if secret and secret != NO_KEY:
        for form in (json.dumps(secret)[1:-1], repr(secret)[1:-1], secret):
            text = text.replace(form, "(key)")
    return " ".join(mend(text).split())[:LONGEST]
