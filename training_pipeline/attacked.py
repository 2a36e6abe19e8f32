"""Writes attacks into the texts that training shows, so that the model learns to look past them.

An attack would sway the answer, or hide the meme's own words in a long harmless text. Which one a
row gets is drawn without regard to its label, so that no attack tells the label. Knows nothing
of tokens. The wordings are in attacks.toml, apart from those that benchmarks/injection tries.
"""

import random
import tomllib
from functools import cache
from pathlib import Path

WORDINGS = Path(__file__).parent / "attacks.toml"
OTHERS = "en"  # whose wordings a row gets that is in no language of the file
AIMS = ("safe", "harmful", "filler")
FOREIGN = 0.2  # of the attacks are in English, whatever the meme's language is
TIMES = (1, 1, 1, 2, 4)  # how often one is written
LONG = 24  # sentences of harmless filler at most

Wordings = dict[str, dict[str, list[str]]]  # by language (or `any`) and aim


def attack(text: str, language: str, rng: random.Random) -> str:
    """`text` with an attack before it, after it, or on both sides."""
    words = _words(language, rng)
    before, after = rng.choice([(True, False), (False, True), (True, True)])
    return "\n".join([words] * before + [text] + [words] * after)


def _words(language: str, rng: random.Random) -> str:
    wordings = read_wordings()
    known = language in wordings and rng.random() >= FOREIGN
    own = wordings[language if known else OTHERS]
    aim = rng.choice(AIMS)
    if aim == "filler":
        return " ".join(rng.choices(own[aim], k=rng.randint(1, LONG)))
    chosen = rng.choice(own[aim] + wordings["any"][aim])
    return " ".join([chosen] * rng.choice(TIMES))


@cache
def read_wordings() -> Wordings:
    """The wordings of attacks.toml."""
    return tomllib.loads(WORDINGS.read_text(encoding="utf-8"))
