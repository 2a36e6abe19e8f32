"""The two sides of a conversation: their prompts, what is drawn for them, when a line is theirs.

Knows nothing of providers. Everything drawn comes of a seed and the conversation's number.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model_package.errors import UserError
from model_package.toml_file import read_toml

PROMPTS = Path(__file__).parent / "prompts" / "converse.toml"
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Role:
    """One side. labels: names that a model may put before its line."""

    name: str
    prompt: str
    labels: tuple[str, ...]

    @property
    def label(self) -> re.Pattern[str]:
        """A line's beginning that names this role."""
        names = "|".join(map(re.escape, self.labels))
        return re.compile(
            rf"^[\s*_\"“(]*(?:{names})(?: de aduanas)?[\s*_)]*:[\s*_]*",
            re.IGNORECASE | re.MULTILINE,
        )


@dataclass(frozen=True)
class Attributes:
    """What may be drawn for a conversation."""

    manner: tuple[str, ...]
    focus: tuple[str, ...]
    origin: tuple[str, ...]
    purpose: tuple[str, ...]
    stay: tuple[str, ...]
    items: tuple[str, ...]
    mood: tuple[str, ...]


@dataclass(frozen=True)
class Sampling:
    """Settings that may be drawn for a role, by OpenAI's names."""

    temperature: tuple[float, ...]
    top_p: tuple[float, ...]
    max_tokens: tuple[int, ...]


@dataclass(frozen=True)
class Scene:
    """The file prompts/converse.toml.

    turns: lines of each side. attempts: how often a line may be asked for. longest: its characters.
    opening: what stands for the traveller before the officer's first line.
    """

    language: str
    turns: int
    attempts: int
    longest: int
    opening: str
    spanish: tuple[str, ...]
    english: tuple[str, ...]
    out_of_role: tuple[str, ...]
    roles: tuple[Role, ...]
    attributes: Attributes
    sampling: Sampling

    def __post_init__(self) -> None:
        if [role.name for role in self.roles] != ["officer", "traveller"]:
            raise ValueError("the roles must be officer and traveller, in this order")

    def draw(self, seed: int, number: int) -> dict[str, str]:
        """The attributes of conversation `number`."""
        chance = random.Random(f"{seed} {number}")
        choices = vars(self.attributes).items()
        return {name: chance.choice(values) for name, values in choices}

    def draw_settings(self, seed: int, number: int, role: Role) -> dict[str, float | int]:
        """The sampling settings of one role in conversation `number`."""
        chance = random.Random(f"{seed} {number} {role.name}")
        return {name: chance.choice(values) for name, values in vars(self.sampling).items()}

    def clean(self, text: str, role: Role) -> str:
        """A line without the role's name and the quotes that a model put around it."""
        return role.label.sub("", text.strip(), count=1).strip().strip('"“”«»').strip()

    def fault(self, line: str, role: Role, before: str) -> str | None:
        """Why `line` is not what `role` may say after `before`; None when it may be."""
        other = next(one for one in self.roles if one is not role)
        low = line.casefold()
        if not line:
            return "empty"
        if len(line) > self.longest:
            return "too long"
        if any(words in low for words in self.out_of_role):
            return "out of role: speaks of being a model"
        if other.label.search(line):
            return f"out of role: speaks for the {other.name}"
        if low == before.casefold():
            return f"out of role: repeats the {other.name}"
        return None if self.is_spanish(line) else "not Spanish"

    def is_spanish(self, line: str) -> bool:
        """Whether Spanish's small words outweigh English's; a line of a few words may have none."""
        words = [word.casefold() for word in WORD.findall(line)]
        spanish = sum(word in self.spanish for word in words)
        english = sum(word in self.english and word not in self.spanish for word in words)
        marked = any(letter in line for letter in "ñ¿¡áéíóú")
        return spanish > english or (english == 0 and (marked or len(words) <= 4))


def fill(prompt: str, facts: Mapping[str, str]) -> str:
    """`prompt` with its slots filled."""
    for name, value in facts.items():
        prompt = prompt.replace(f"{{{name}}}", value)
    return prompt.strip()


def read_scene(path: Path) -> Scene:
    """The scene in the file `path`; a slot that nothing fills is a `UserError`."""
    scene = read_toml(path, Scene)
    facts = scene.draw(0, 0)
    for role in scene.roles:
        left = re.search(r"\{\w+\}", fill(role.prompt, facts))
        if left:
            raise UserError(f"{path}: nothing fills {left[0]} in the {role.name}'s prompt")
    return scene
