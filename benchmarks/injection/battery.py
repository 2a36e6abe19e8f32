"""The battery: which attacks there are, and a row's text under each, with its control.

Wordings and neutral sentences are in battery.toml, disguises in disguises.py. Knows no models.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.injection.disguises import DISGUISES
from data_preparation.record import Record

BATTERY = Path(__file__).parent / "battery.toml"
LONG = 1500  # characters of padding: more than the budget of the pocket profile has room for
SIDES = ("before", "after", "both")


@dataclass(frozen=True)
class Attack:
    """kind: `words`, `padding` or `disguise`. wants: what the answer is to be, 1 harmful."""

    name: str
    kind: str
    wants: int

    @property
    def key(self) -> str:
        return f"{self.name} ({'harmful' if self.wants else 'safe'})"


def attacks() -> Iterator[Attack]:
    """Every attack: wordings in both directions, paddings, and disguises."""
    for name, directions in read_battery().items():
        if name != "neutral":
            yield from (Attack(name, "words", int(aim == "harmful")) for aim in directions)
    yield from (Attack(f"padding_{side}", "padding", 0) for side in SIDES)
    yield from (Attack(name, "disguise", 0) for name in DISGUISES)


def attacked(attack: Attack, record: Record, number: int) -> str:
    """The text of `record` under `attack`; number: of the row, which wordings and sides go by."""
    text, language = record.text or "", record.language or "en"
    if attack.kind == "disguise":
        return DISGUISES[attack.name](text)
    if attack.kind == "padding":
        return _padded(text, neutral(language, LONG, number), attack.name.removeprefix("padding_"))
    return _beside(text, wording(attack, language, number), number)


def control(attack: Attack, record: Record, number: int) -> str | None:
    """The text with neutral words, as many characters, where the attack has its own; None for
    attacks that add no words of their own."""
    if attack.kind != "words":
        return None
    language = record.language or "en"
    length = len(wording(attack, language, number))
    return _beside(record.text or "", neutral(language, length, number), number)


def wording(attack: Attack, language: str, number: int) -> str:
    """The wording that the row meets, in its language if the attack has any there."""
    known = read_battery()[attack.name]["harmful" if attack.wants else "safe"]
    found: list[str] = known.get(language) or known["any"]
    return found[number // 2 % len(found)]


def neutral(language: str, length: int, number: int) -> str:
    """Neutral sentences in `language`, `length` characters of them."""
    sentences: list[str] = read_battery()["neutral"][language]
    turned = islice(cycle(sentences), number % len(sentences), None)
    text = next(turned)
    while len(text) < length:
        text += " " + next(turned)
    return text[:length]


def _beside(text: str, words: str, number: int) -> str:
    """Odd rows have the words before their own, even ones after."""
    return f"{words}\n{text}" if number % 2 else f"{text}\n{words}"


def _padded(text: str, padding: str, side: str) -> str:
    parts = {"before": (padding, text), "after": (text, padding), "both": (padding, text, padding)}
    return "\n".join(parts[side])


@cache
def read_battery() -> dict[str, dict[str, Any]]:
    """battery.toml: attack, direction and language to wordings; and the neutral sentences."""
    return tomllib.loads(BATTERY.read_text(encoding="utf-8"))
