"""Asks a provider for memes, harmful and harmless, and turns its replies into records.

    python -m data_preparation.generate --key race_harmful,race_harmless --output runs/race.jsonl

Rejected items go to a file beside the output, with their reasons. Run again, it asks only for
what is missing. MODEL_ID, API_KEY, PROMPT_KEY and NUM_RUNS stand for flags; flags win.
"""

import argparse
import itertools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data_preparation.cleaning.languages import NAMES
from data_preparation.outcome import Failed, Outcome, command, write_outcome
from data_preparation.parse import parse
from data_preparation.place import prepare_file
from data_preparation.providers.desk import Desk
from data_preparation.providers.options import add_flags, open_desk
from data_preparation.providers.request import Message, Reply, Request
from data_preparation.record import Record
from data_preparation.split import group_key
from model_package.errors import UserError
from model_package.toml_file import read_toml

PROMPTS = Path(__file__).parent / "prompts" / "generate.toml"


@dataclass(frozen=True)
class Key:
    """A kind of meme to ask for. label: 1 harmful, 0 harmless."""

    name: str
    label: int
    category: str
    brief: str


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn, by OpenAI's names."""

    temperature: float = 0.9
    top_p: float = 0.95
    max_tokens: int = 1200


@dataclass(frozen=True)
class Prompts:
    """The file prompts/generate.toml. examples: memes a reply. runs: replies a key."""

    system: str
    prompt: str
    keys: tuple[Key, ...]
    examples: int = 5
    runs: int = 10
    settings: Sampling = field(default_factory=Sampling)

    def find(self, name: str) -> Key:
        """The key called `name`, or a `UserError`."""
        known = {key.name: key for key in self.keys}
        if name not in known:
            raise UserError(f"no prompt key is called {name!r}; choose of {', '.join(known)}, all")
        return known[name]

    def messages(self, key: Key, language: str, count: int) -> tuple[Message, ...]:
        """The chat that asks for `count` memes of `key`."""
        prompt = self.prompt.replace("{brief}", key.brief).replace("{count}", str(count))
        prompt = prompt.replace("{language}", NAMES[language])
        return (
            {"role": "system", "content": self.system.strip()},
            {"role": "user", "content": prompt.strip()},
        )


@dataclass(frozen=True)
class Plan:
    """What to ask for: every key in every language, `runs` times `examples` memes."""

    keys: tuple[Key, ...]
    languages: tuple[str, ...]
    runs: int
    examples: int


Wanted = tuple[Request, Key, str]


def requests(prompts: Prompts, plan: Plan, desk: Desk) -> list[Wanted]:
    """Every request of the plan, with its key and language."""
    settings = {**asdict(prompts.settings), **desk.settings}
    wanted = []
    for key, language in itertools.product(plan.keys, plan.languages):
        messages = prompts.messages(key, language, plan.examples)
        task = {"stage": "generate", "key": key.name, "language": language}
        task["count"] = str(plan.examples)
        for run in range(plan.runs):
            request = Request(desk.model, messages, settings, run, task)
            wanted.append((request, key, language))
    return wanted


def read_reply(wanted: Wanted, reply: Reply, source: str) -> Iterator[Record | Failed]:
    """The records in `reply`, and what was found there and cannot be used."""
    _, key, language = wanted
    name = f"generate/{key.name}/{language}/{reply.key[:12]}"
    if reply.error is not None:
        yield Failed(name, f"no reply: {reply.error}")
        return
    parsed = parse(reply.text, reply.finish)
    yield from (Failed(name, reject.reason, reject.raw) for reject in parsed.rejects)
    by_rule = source.startswith("template/")  # its groups join the languages; a model's are noise
    for number, item in enumerate(parsed.items, 1):
        yield Record(
            id=f"{name}-{number}",
            caption=item.picture,
            text=item.text,
            language=language,
            label=key.label,
            category=key.category,
            source=source,
            licence="synthetic",
            group=(item.group if by_rule else group_key(item.text)) or f"{name}-{number}",
        )


def run(prompts: Prompts, plan: Plan, desk: Desk, output: Path) -> Outcome:
    """Ask, read, and write records and rejects."""
    wanted = requests(prompts, plan, desk)
    replies = desk.ask([request for request, _, _ in wanted], "generate")
    rows = [row for one in wanted for row in read_reply(one, replies[one[0].key], desk.source)]
    sampling = {**asdict(prompts.settings), **desk.settings}
    settings = {**asdict(plan), "sampling": sampling}
    return write_outcome(output, rows, "generate", settings, desk)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    return command("generate", lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> Outcome:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.generate")
    parser.add_argument("--key", help="prompt keys, with commas, or all; or PROMPT_KEY")
    parser.add_argument("--language", default="en", help="en, zh, ms, ta, with commas")
    parser.add_argument("--runs", type=int, help="replies a key and language; or NUM_RUNS")
    parser.add_argument("--examples", type=int, help="memes asked for in a reply")
    parser.add_argument("--prompts", type=Path, default=PROMPTS, help="a file of your own (TOML)")
    parser.add_argument("--output", type=Path, help="JSON Lines to write, else in runs/generate")
    add_flags(parser)
    flags = parser.parse_args(argv)
    prompts = read_toml(flags.prompts, Prompts)
    plan = _plan(flags, os.environ, prompts)
    name = "-".join(key.name for key in plan.keys) if len(plan.keys) <= 3 else "many"
    output = prepare_file(flags.output or Path("runs/generate") / f"{name}.jsonl")
    return run(prompts, plan, open_desk(flags, os.environ, inputs=[flags.prompts]), output)


def _plan(flags: argparse.Namespace, environ: Mapping[str, str], prompts: Prompts) -> Plan:
    names = (flags.key or environ.get("PROMPT_KEY") or "").split(",")
    if names == [""]:
        raise UserError("nothing to ask for: give --key, or set PROMPT_KEY")
    keys = prompts.keys if names == ["all"] else tuple(map(prompts.find, names))
    languages = tuple(flags.language.split(","))
    if not set(languages) <= set(NAMES):
        raise UserError(f"--language {flags.language}: choose of {', '.join(NAMES)}")
    runs = environ.get("NUM_RUNS") or prompts.runs if flags.runs is None else flags.runs
    if not str(runs).isdecimal() or int(runs) == 0:
        raise UserError(f"NUM_RUNS or --runs is {runs!r}; give a whole number from 1")
    examples = prompts.examples if flags.examples is None else flags.examples
    if examples < 1:
        raise UserError(f"--examples is {examples}; give a whole number from 1")
    return Plan(keys, languages, int(runs), examples)


if __name__ == "__main__":
    sys.exit(main())
