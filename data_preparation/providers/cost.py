"""Tokens and money: what a request may cost before it is asked, and what was spent.

Prices are data: prices.toml, and a file of the user's that comes before it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data_preparation.providers.request import Reply, Request
from model_package.errors import UserError
from model_package.toml_file import read_toml

PRICES = Path(__file__).parent / "prices.toml"
USUAL_IMAGE = 1600  # tokens of one picture, by most models
IMAGE_TOKENS = 50_000  # at most, for one picture, by a model whose count is not known
OVERHEAD = 16  # tokens of a message's frame, at most
UNLIMITED = 4096  # output tokens reckoned for a request that sets no limit


@dataclass(frozen=True)
class Price:
    """Money for a million tokens. batch: what a batch costs of the full price.

    image: tokens of one picture, at most.
    """

    model: str
    input: float
    output: float
    batch: float = 0.5
    image: int = IMAGE_TOKENS

    def of(self, tokens: tuple[int, int], batch: bool = False) -> float:
        """Money for (input, output) tokens."""
        full = (tokens[0] * self.input + tokens[1] * self.output) / 1e6
        return full * self.batch if batch else full


@dataclass(frozen=True)
class Prices:
    """A price list. checked: the day it was last compared with the sellers' pages."""

    models: tuple[Price, ...]
    currency: str = "USD"
    checked: str = ""


def find_price(model: str, own: Path | None = None) -> Price | None:
    """The price of `model`, from the user's file `own` first; None when nobody knows it."""
    for path in (own, PRICES):
        for price in read_toml(path, Prices).models if path else ():
            if price.model == model:
                return price
    return None


def expected(request: Request) -> tuple[int, int]:
    """A fair guess at (input, output) tokens: four plain characters, or one other, a token."""
    plain = sum(character.isascii() for character in _text(request))
    others = len(_text(request)) - plain
    given = plain // 4 + others + _pictures(request) * USUAL_IMAGE // 2
    return given, most(request)[1] // 2


def most(request: Request, image: int = IMAGE_TOKENS) -> tuple[int, int]:
    """A bound on (input, output) tokens: no tokenizer makes more tokens than bytes.

    image: tokens of one picture, at most.
    """
    given = len(_text(request).encode("utf-8", "surrogatepass"))
    frames = OVERHEAD * (len(request.messages) + 1)
    settings = request.settings
    limit = settings.get("max_tokens", settings.get("max_completion_tokens", UNLIMITED))
    if int(limit) < 0:  # some servers take it for no limit: then nothing is a bound
        raise UserError(f"max_tokens is {limit}; set it to at least 1 in the prompts")
    return given + frames + _pictures(request) * image, int(limit)


def add_up(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The sums of both columns."""
    rows = list(counts)
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


@dataclass
class Meter:
    """What was spent so far. price: None where money is not known. free: costs nothing."""

    price: Price | None = None
    batch: bool = False
    input: int = 0
    output: int = 0

    def add(self, request: Request, reply: Reply) -> None:
        """Count `reply`; an attempt that may have been billed counts as dear as it can be."""
        given, written = self.most(request)
        self.input += reply.lost * given + reply.input_tokens
        self.output += reply.lost * written + reply.output_tokens
        if reply.error is None and not reply.input_tokens:  # a server that does not count
            self.input += given
            self.output += len(reply.text.encode("utf-8", "surrogatepass"))

    def most(self, request: Request) -> tuple[int, int]:
        """A bound on (input, output) tokens of `request`."""
        return most(request, self.price.image if self.price else IMAGE_TOKENS)

    def money(self, tokens: tuple[int, int] | None = None) -> float:
        """Money for `tokens`, or for what was spent; 0 without a price."""
        counted = (self.input, self.output) if tokens is None else tokens
        return self.price.of(counted, self.batch) if self.price else 0.0

    def show(self, tokens: tuple[int, int] | None = None) -> str:
        """Tokens, and money where a price is known, in a few words."""
        given, written = (self.input, self.output) if tokens is None else tokens
        words = f"{given} + {written} tokens"
        return f"{words}, ${self.money((given, written)):.4f}" if self.price else words


def _text(request: Request) -> str:
    """All that is sent as text; pictures stand as nothing."""
    return "\n".join(_content(message["content"]) for message in request.messages)


def _content(content: object) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, (list, tuple)) else [content]
    return "".join(json.dumps(part) for part in parts if not _is_picture(part))


def _pictures(request: Request) -> int:
    contents = [message["content"] for message in request.messages]
    return sum(
        _is_picture(part) for one in contents if isinstance(one, (list, tuple)) for part in one
    )


def _is_picture(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "image_url"
