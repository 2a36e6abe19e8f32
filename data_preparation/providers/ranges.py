"""Which values the flags of a provider may have; knows nothing of what they do."""

import argparse
import math
from urllib.parse import urlsplit

from model_package.errors import UserError

RANGES = {
    "batch": (1, 100_000),
    "poll": (0, 86_400),
    "concurrency": (1, 1000),
    "requests_per_minute": (0.001, math.inf),
    "tokens_per_minute": (0.001, math.inf),
    "retries": (0, 1000),
    "timeout": (0.001, 86_400),
    "first_wait": (0, 86_400),
    "longest_wait": (0, 86_400),
    "longest_obeyed": (0, 86_400),
    "temperature": (0, 100),
    "top_p": (0, 1),
    "top_k": (-1, 1_000_000),
    "max_tokens": (1, 10_000_000),
    "cap_tokens": (0, math.inf),
    "cap_money": (0, math.inf),
}


def check_ranges(flags: argparse.Namespace) -> None:
    """A `UserError` that names the first flag out of its range."""
    for name, (least, most) in RANGES.items():
        value = getattr(flags, name)
        if value is not None and not least <= value <= most:
            ends = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
            raise UserError(f"--{name.replace('_', '-')} is {value}; give a number {ends}")


def check_url(url: str | None) -> str | None:
    """`url`, if it may be an endpoint's."""
    try:
        parts = urlsplit(url or "http://default")
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise UserError(f"--base-url is {url!r}; give one like http://localhost:8000/v1")
    return url or None


def without_secrets(url: str | None) -> str | None:
    """`url` without a user's name, a password or a query."""
    if not url:
        return None
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
