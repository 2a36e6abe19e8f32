"""Customs conversations in Spanish, by rule: what officer and traveller say at each turn.

Knows nothing of providers. A turn is one line of the officer and the traveller's answer to it,
counted from 0. Both roles of one conversation follow the same plan, so that they fit each other
even though neither is told what the other says.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache

from data_preparation.grammar import FOLDER
from model_package.errors import UserError
from model_package.toml_file import read_toml

ROLES = ("officer", "traveller")
TURNS = 10
EARLY = 0.5  # share of conversations that end with a farewell before the last turn
MOODS = {"nerv": "nervous", "evas": "evasive", "jok": "joking", "brom": "joking"}

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Voices:
    """Lines of the officer, and of the traveller in each mood."""

    officer: Lines
    calm: Lines
    nervous: Lines
    evasive: Lines
    joking: Lines


@dataclass(frozen=True)
class Topic:
    """One question and its answers; see `Voices`. clashes: items that the answers would deny."""

    id: str
    officer: Lines
    calm: Lines
    nervous: Lines
    evasive: Lines
    joking: Lines
    clashes: Lines = ()


@dataclass(frozen=True)
class After:
    """Courtesies for turns that come after the farewell."""

    officer: Lines
    traveller: Lines


@dataclass(frozen=True)
class Attributes:
    """What may be true of a journey."""

    origin: Lines
    purpose: Lines
    stay: Lines
    items: Lines


@dataclass(frozen=True)
class Remarks:
    """What the officer says to an answer, by the traveller's mood."""

    calm: Lines
    nervous: Lines
    evasive: Lines
    joking: Lines


@dataclass(frozen=True)
class Script:
    """The file customs.toml."""

    moods: Lines
    attributes: Attributes
    remarks: Remarks
    opening: Voices
    closing: Voices
    after: After
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Plan:
    """One conversation: its topics in order (the last may be cut off), its end, its attributes.

    end: the turn of the farewell; `TURNS` where the conversation is cut before one.
    remarks: what the officer says to an answer first, by turn.
    """

    topics: tuple[Topic, ...]
    end: int
    mood: str
    facts: Mapping[str, str]
    remarks: Mapping[int, str]


def say(task: Mapping[str, str], turn: int, seed: int, run: int) -> str:
    """What `task["role"]` says at `turn` of the conversation that `conversation`, or `run`, names.

    `task` may give `mood` (nervous, evasive, joking, or else calm), `origin`, `purpose`, `stay`,
    `items`, as Spanish phrases, and `conversation`; what it leaves out is drawn. Where there is a
    `conversation`, another `run` is another way to say the same line.
    """
    role = task.get("role", "")
    if role not in ROLES:
        raise UserError(f"customs has no role {role!r}; known: {', '.join(ROLES)}")
    plan = _plan(task, f"{seed} {task.get('conversation') or run}")
    rng = random.Random(f"{seed} {run} {task.get('conversation')} {role} {turn}")
    lines = _lines(plan, role, turn)
    late = turn - plan.end - 1
    text = lines[late % len(lines)] if late >= 0 else rng.choice(lines)
    if role == "officer" and turn in plan.remarks:
        text = f"{plan.remarks[turn]} {text}"
    for name, value in plan.facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _plan(task: Mapping[str, str], name: str) -> Plan:
    script = _script()
    rng = random.Random(name)
    drawn_mood = rng.choice(script.moods)  # drawn even where given: the plan stays the same
    mood = _mood(task.get("mood") or drawn_mood)
    facts = _facts(task, rng)
    end = rng.randrange(TURNS - 3, TURNS) if rng.random() < EARLY else TURNS
    remarks: Lines = getattr(script.remarks, mood)
    turns = range(rng.choice((1, 2)), end, 2)
    spoken = dict(zip(turns, rng.sample(remarks, len(remarks)), strict=False))
    return Plan(_topics(facts["items"], rng), end, mood, facts, spoken)


def _facts(task: Mapping[str, str], rng: random.Random) -> dict[str, str]:
    every = {field.name: getattr(_script().attributes, field.name) for field in fields(Attributes)}
    drawn = {name: rng.choice(values) for name, values in every.items()}
    return {name: task.get(name) or value for name, value in drawn.items()}


def _topics(items: str, rng: random.Random) -> tuple[Topic, ...]:
    """Whence, why and how long, in some order; then others that `items` does not rule out."""
    topics = _script().topics
    first, rest = topics[:3], topics[3:]
    fitting = [topic for topic in rest if not any(word in items for word in topic.clashes)]
    return (*rng.sample(first, 3), *rng.sample(fitting, TURNS - 4))


def _mood(name: str) -> str:
    found = [mood for start, mood in MOODS.items() if start in name.lower()]
    return found[0] if found else "calm"


def _lines(plan: Plan, role: str, turn: int) -> Lines:
    """What `role` may say at `turn`."""
    script = _script()
    if turn > plan.end or turn >= TURNS:
        return script.after.officer if role == "officer" else script.after.traveller
    voices: Voices | Topic = plan.topics[turn - 1] if turn else script.opening
    if turn == plan.end:
        voices = script.closing
    found: Lines = getattr(voices, "officer" if role == "officer" else plan.mood)
    return found


@cache
def _script() -> Script:
    return read_toml(FOLDER / "customs.toml", Script)
