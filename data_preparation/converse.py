"""Lets two roles talk to each other, turn by turn, and writes what the officer may learn from.

    python -m data_preparation.converse --count 100 --output runs/customs.jsonl

All conversations go forward together, so that a turn is one batch. Stopped and run again, it goes
on at the turn it had reached. A conversation with a line that is out of role or out of language,
each attempt at it, is kept beside the output with the reason.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data_preparation.outcome import Failed, Outcome, command, write_outcome
from data_preparation.place import prepare_file
from data_preparation.providers.cost import add_up, expected
from data_preparation.providers.desk import Desk
from data_preparation.providers.options import add_flags, open_desk
from data_preparation.providers.request import Message, Reply, Request
from data_preparation.record import Record
from data_preparation.roles import PROMPTS, Role, Scene, fill, read_scene
from model_package.errors import UserError

AGAIN = 1_000_000  # between the run numbers of attempts at the same line


@dataclass
class Talk:
    """One conversation under way. lines: officer and traveller by turns. failed: why it ended."""

    number: int
    facts: dict[str, str]
    lines: list[str] = field(default_factory=list)
    failed: str = ""
    last: str = ""  # what was said when it failed

    @property
    def before(self) -> str:
        """The last line."""
        return self.lines[-1] if self.lines else ""


@dataclass(frozen=True)
class Studio:
    """What all conversations share."""

    scene: Scene
    desk: Desk
    seed: int

    def messages(self, talk: Talk, role: Role) -> tuple[Message, ...]:
        """The chat as `role` sees it: its own lines are the assistant's."""
        officer = role.name == "officer"
        spoken = [self.scene.opening, *talk.lines] if officer else talk.lines
        names = ("user", "assistant")
        prompt = fill(role.prompt, talk.facts)
        return (
            {"role": "system", "content": prompt},
            *({"role": names[n % 2], "content": line} for n, line in enumerate(spoken)),
        )

    def request(self, talk: Talk, role: Role, attempt: int) -> Request:
        """What asks for `role`'s next line."""
        drawn = self.scene.draw_settings(self.seed, talk.number, role)
        task = {"stage": "converse", "key": "customs", "language": self.scene.language}
        task |= {"role": role.name, "turn": str(len(talk.lines) // 2), **talk.facts}
        task["conversation"] = f"{self.seed}-{talk.number}"
        run = talk.number + attempt * AGAIN
        settings = {**drawn, **self.desk.settings}
        return Request(self.desk.model, self.messages(talk, role), settings, run, task)

    def turn(self, talks: Sequence[Talk], role: Role, what: str) -> None:
        """Add a line of `role` to each of `talks`, or say why there is none."""
        left = list(talks)
        for attempt in range(self.scene.attempts):
            asked = {talk.number: self.request(talk, role, attempt) for talk in left}
            replies = self.desk.ask(list(asked.values()), what) if asked else {}
            keys = {number: request.key for number, request in asked.items()}
            left = [talk for talk in left if not self._hear(talk, role, replies[keys[talk.number]])]

    def _hear(self, talk: Talk, role: Role, reply: Reply) -> bool:
        """Take `reply` as the next line; False when it cannot be."""
        line = self.scene.clean(reply.text, role)
        reason = self.scene.fault(line, role, talk.before)
        talk.failed = "cut" if reply.finish == "length" else reason or ""
        if reply.error is not None:
            talk.failed = f"no reply: {reply.error}"
        talk.last = reply.text
        if not talk.failed:
            talk.lines.append(line)
        return not talk.failed


def estimate(studio: Studio, count: int) -> str:
    """Tokens, and money, of `count` conversations, with lines as long as the opening is twice."""
    scene, pairs = studio.scene, []
    for number in range(count):
        talk = Talk(number, scene.draw(studio.seed, number))
        for place in range(2 * scene.turns):
            pairs.append(expected(studio.request(talk, scene.roles[place % 2], 0)))
            talk.lines.append(2 * scene.opening)
    return studio.desk.meter.show(add_up(pairs))


def converse(studio: Studio, count: int) -> list[Talk]:
    """`count` conversations, each as far as it went."""
    scene = studio.scene
    talks = [Talk(number, scene.draw(studio.seed, number)) for number in range(count)]
    for turn in range(1, scene.turns + 1):
        for role in scene.roles:
            going = [talk for talk in talks if not talk.failed]
            if going:
                studio.turn(going, role, f"turn {turn} of {scene.turns}, {role.name}")
    return talks


def to_row(studio: Studio, talk: Talk) -> Record | Failed:
    """The officer's side of a whole conversation, or why it is not whole."""
    name = f"customs/{studio.seed}/{talk.number}"
    if talk.failed.startswith("no reply"):
        return Failed(name, talk.failed)
    if talk.failed:
        role = studio.scene.roles[len(talk.lines) % 2].name
        return Failed(name, f"{role}: {talk.failed}", "\n".join([*talk.lines, talk.last]))
    officer = studio.scene.roles[0]
    return Record(
        id=name,
        language=studio.scene.language,
        category="customs",
        source=studio.desk.source,
        licence="synthetic",
        group=name,
        messages=tuple(dict(message) for message in studio.messages(talk, officer)),
    )


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    return command("converse", lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> Outcome:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.converse")
    parser.add_argument("--count", type=int, required=True, help="conversations")
    parser.add_argument("--draw", type=int, default=0, help="seed of attributes and settings")
    parser.add_argument("--prompts", type=Path, default=PROMPTS, help="a file of your own (TOML)")
    parser.add_argument("--output", type=Path, required=True, help="JSON Lines to write")
    add_flags(parser)
    flags = parser.parse_args(argv)
    if flags.count < 1:
        raise UserError(f"--count is {flags.count}; ask for at least one conversation")
    scene = read_scene(flags.prompts)
    prepare_file(flags.output)
    studio = Studio(scene, open_desk(flags, os.environ, inputs=[flags.prompts]), flags.draw)
    if not studio.desk.is_free:
        print(f"converse: about {estimate(studio, flags.count)} in all", file=sys.stderr)
    rows = [to_row(studio, talk) for talk in converse(studio, flags.count)]
    settings = {"count": flags.count, "draw": flags.draw, "sampling": studio.desk.settings}
    return write_outcome(flags.output, rows, "converse", settings, studio.desk)


if __name__ == "__main__":
    sys.exit(main())
