"""How a filled template is said: openers, particles, asides, another language, odd spelling.

Every share is the same for both labels, so that none of it says anything about a label.
"""

import random

from data_preparation.functional.book import Book
from data_preparation.functional.fill import Choice, choose, fill
from data_preparation.functional.spelling import vary
from data_preparation.functional.template import Template
from data_preparation.grammar.files import LANGUAGES

FOREIGN_NAME, FOREIGN_OPENER, OPENER, PARTICLE, VARIED, LOWER = 0.08, 0.06, 0.14, 0.1, 0.18, 0.4
ASIDE = 0.12
GUESTS = ((1, 2), (0,), (0,), (0,))  # whose words each of LANGUAGES borrows
END = ".!?。！？…"


def say(book: Book, template: Template, choice: Choice, place: int, rng: random.Random) -> str:
    """`template` as one writer of the language at `place` might put it."""
    other = rng.choice(GUESTS[place])
    guest = other if rng.random() < FOREIGN_NAME else place
    text = _framed(book, fill(template, choice, place, guest, rng), place, other, rng)
    if book.mixing.asides and rng.random() < ASIDE:
        text = _beside(book, text, place, rng)
    text = _capital(text, rng)
    return vary(text, LANGUAGES[place], rng) if rng.random() < VARIED else text


def _capital(text: str, rng: random.Random) -> str:
    return text if rng.random() < LOWER else text[:1].upper() + text[1:]


def _framed(book: Book, text: str, place: int, other: int, rng: random.Random) -> str:
    """`text` after an opener, or with a particle at its end, or neither."""
    chance = rng.random()
    if chance < FOREIGN_OPENER + OPENER:
        speaker = other if chance < FOREIGN_OPENER else place
        comma = "，" if place == speaker == LANGUAGES.index("zh") else ", "
        return rng.choice(book.mixing.openers)[speaker] + comma + text
    if chance > 1 - PARTICLE and text[-1] not in END:
        return text + rng.choice(book.mixing.particles)[place]
    return text


def _beside(book: Book, text: str, place: int, rng: random.Random) -> str:
    """`text` after or before an aside."""
    template = Template("", "", 0, rng.choice(book.mixing.asides))
    aside = fill(template, choose(book, template, rng), place, place, rng)
    first, second = rng.choice(((text, aside), (aside, text)))
    stop, space = ("。", "") if place == LANGUAGES.index("zh") else (".", " ")
    return first + ("" if first[-1] in END else stop) + space + second
