"""A held-out exam in four languages: one kind of utterance a category, the same for each group.

The functionalities are those that the literature on functional tests of hate speech describes;
every sentence is the project's own, written in its language, and no training data is made of
them. `{who}` is a target group, a thing or a crowd, by the case's `over`; `{acc}`, `{dat}` and
`{gen}` are its case forms where a language has them, `{slur}` a mild term of abuse for it.
Knows nothing of models.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data_preparation.record import Record
from model_package.errors import UserError
from model_package.toml_file import read_toml

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "zh", "ms", "ta")
SLOT = re.compile(r"\{(\w*)\}")
LISTS = ("groups", "things", "crowds")


@dataclass(frozen=True)
class Filler:
    """What may stand in a slot: `name` for tables, its forms for texts; a text skips who lacks one.

    who: as a subject. acc, dat, gen: as its language inflects them. slur: a mild one.
    """

    name: str
    who: str
    acc: str = ""
    dat: str = ""
    gen: str = ""
    slur: str = ""


@dataclass(frozen=True)
class Case:
    """One functionality: texts of one label. over: the list whose members fill the slots."""

    category: str
    label: int
    texts: tuple[str, ...]
    over: str = "groups"

    def __post_init__(self) -> None:
        if self.label not in (0, 1) or self.over not in LISTS:
            raise ValueError(f"{self.category}: label {self.label}, over {self.over!r}")


@dataclass(frozen=True)
class Probe:
    """One language's exam; things and crowds are no protected group."""

    language: str
    groups: tuple[Filler, ...]
    things: tuple[Filler, ...]
    crowds: tuple[Filler, ...]
    cases: tuple[Case, ...]


def read_probe(language: str, folder: Path = FOLDER) -> tuple[Record, ...]:
    """Every row of the exam in `language`; the same rows, in the same order, at each call."""
    path = folder / f"{language}.toml"
    try:
        return tuple(expand(read_toml(path, Probe)))
    except (AttributeError, ValueError) as error:
        raise UserError(f"{path}: {error}") from error


def expand(probe: Probe) -> Iterator[Record]:
    """One record a text and filler; one alone for a text without a slot."""
    for case in probe.cases:
        fillers: tuple[Filler, ...] = getattr(probe, case.over)
        for number, text in enumerate(case.texts):
            name = f"probe/{probe.language}/{case.category}/{number}"
            if not SLOT.search(text):
                yield _record(probe, case, name, text)
                continue
            for filler in (one for one in fillers if _fits(text, one)):
                group = filler.name if case.over == "groups" else None
                yield _record(probe, case, f"{name}/{filler.name}", _fill(text, filler), group)


def _fits(text: str, filler: Filler) -> bool:
    return all(getattr(filler, form) for form in SLOT.findall(text))


def _fill(text: str, filler: Filler) -> str:
    return SLOT.sub(lambda slot: str(getattr(filler, slot[1])), text)


def _record(probe: Probe, case: Case, name: str, text: str, group: str | None = None) -> Record:
    return Record(
        id=name,
        text=text[:1].upper() + text[1:],
        language=probe.language,
        label=case.label,
        category=case.category,
        source="probe",
        licence="Apache-2.0",
        group=group,
    )
