"""Spelling as people vary it to hide or by haste: swapped, dropped, split, joined, leet.

Knows nothing of labels: what is done to harmful text is done to harmless text as often.
"""

import random
from collections.abc import Callable

LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
SIGNS = "*.-_ "
MIN_LETTERS = 4

Change = Callable[[str, random.Random], str]


def vary(text: str, language: str, rng: random.Random) -> str:
    """`text` with one or two of its words, or its spaces, written otherwise."""
    changes = HAN if language == "zh" else TAMIL if language == "ta" else LATIN
    for change in rng.sample(changes, rng.choice((1, 1, 2))):
        text = change(text, rng)
    return text


def _in_word(change: Change) -> Change:
    """`change` done to one of the longer words."""

    def done(text: str, rng: random.Random) -> str:
        words = text.split(" ")
        long = [n for n, word in enumerate(words) if len(word) >= MIN_LETTERS and word.isalpha()]
        if not long:
            return text
        place = rng.choice(long)
        words[place] = change(words[place], rng)
        return " ".join(words)

    return done


def _swap(word: str, rng: random.Random) -> str:
    n = rng.randrange(1, len(word) - 2)
    return word[:n] + word[n + 1] + word[n] + word[n + 2 :]


def _drop(word: str, rng: random.Random) -> str:
    n = rng.randrange(1, len(word) - 1)
    return word[:n] + word[n + 1 :]


def _repeat(word: str, rng: random.Random) -> str:
    n = rng.randrange(1, len(word))
    return word[:n] + word[n] * rng.choice((2, 3)) + word[n + 1 :]


def _split(word: str, rng: random.Random) -> str:
    n = rng.randrange(1, len(word) - 1)
    return word[:n] + rng.choice(SIGNS) + word[n:]


def _leet(word: str, rng: random.Random) -> str:
    return "".join(rng.choice(LEET[c]) if c in LEET and rng.random() < 0.6 else c for c in word)


def _spread(word: str, rng: random.Random) -> str:
    return rng.choice(SIGNS).join(word)


def _join(text: str, rng: random.Random) -> str:
    """Without one of its spaces, or without any."""
    places = [n for n, c in enumerate(text) if c == " "]
    if not places:
        return text
    place = rng.choice(places)
    return text.replace(" ", "") if rng.random() < 0.2 else text[:place] + text[place + 1 :]


def _sign(text: str, rng: random.Random) -> str:
    """A sign between two characters."""
    n = rng.randrange(1, max(2, len(text) - 1))
    return text[:n] + rng.choice(SIGNS) + text[n:]


def _twice(text: str, rng: random.Random) -> str:
    n = rng.randrange(len(text))
    return text[:n] + text[n] + text[n:]


def _bare(text: str, _: random.Random) -> str:
    return "".join(" " if c in "，。！？、：；" else c for c in text).strip()


def _wide(text: str, _: random.Random) -> str:
    return " ".join(c for c in text if c not in "，。！？、：；")


def _marks(text: str, rng: random.Random) -> str:
    """Without one of the marks that Tamil vowels are."""
    places = [n for n, c in enumerate(text) if c in "ாிீுூெேைொோ"]
    place = rng.choice(places) if places else len(text)
    return text[:place] + text[place + 1 :]


LATIN: list[Change] = [*map(_in_word, (_swap, _drop, _repeat, _split, _leet, _spread)), _join]
HAN: list[Change] = [_sign, _twice, _bare, _wide]
TAMIL: list[Change] = [_marks, _join, _sign, _twice]
