"""A larger model writes why a row has its label: rows with reasons to learn from first.

    python -m data_preparation.explain --input runs/clean/train.jsonl --output runs/explained

DIR/stage1.jsonl holds the explained rows, DIR/stage2.jsonl all the others, so that none is lost;
chat and alpaca forms stand beside them. Which rows are explained comes of their groups' names.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from data_preparation.chats import to_alpaca, to_chat
from data_preparation.cleaning.languages import NAMES, check_language
from data_preparation.outcome import Failed, Outcome, begin, command, write_outcome
from data_preparation.parsing.fields import refuses
from data_preparation.place import prepare_folder, write_whole
from data_preparation.providers.desk import Desk
from data_preparation.providers.options import add_flags, open_desk
from data_preparation.providers.request import Reply, Request
from data_preparation.record import Record, read_records, write_records
from data_preparation.split import cut
from model_package.errors import UserError
from model_package.policy import FOLDER, Policy, load_policy
from model_package.toml_file import find_toml, read_toml

PROMPTS = Path(__file__).parent / "prompts" / "explain.toml"


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn, by OpenAI's names."""

    temperature: float = 0.3
    top_p: float = 0.9
    max_tokens: int = 250


@dataclass(frozen=True)
class Prompts:
    """The file prompts/explain.toml. share: of rows that get a reason. Lengths in characters."""

    system: str
    prompt: str
    picture: str
    harmful: str
    harmless: str
    denies_harm: tuple[str, ...]
    share: float = 0.2
    shortest: int = 12
    longest: int = 600
    settings: Sampling = field(default_factory=Sampling)

    def request(self, record: Record, language: str, desk: Desk) -> Request:
        """What asks for the reason of `record`."""
        words = {
            "picture": self.picture.replace("{caption}", record.caption) if record.caption else "",
            "judgement": self.harmful if record.label else self.harmless,
            "language": NAMES.get(language, language),
            "text": record.text or "(none)",  # last, so that what it holds is not filled in
        }
        prompt = self.prompt.strip()
        for name, value in words.items():
            prompt = prompt.replace(f"{{{name}}}", value)
        task = {"stage": "explain", "key": record.category or "", "language": language}
        messages = ({"role": "system", "content": self.system.strip()},)
        settings = {**asdict(self.settings), **desk.settings}
        both = (*messages, {"role": "user", "content": prompt})
        return Request(desk.model, both, settings, 0, task)

    def fault(self, reason: str, record: Record, language: str) -> str | None:
        """Why `reason` is no reason for the label; None when it may be one."""
        if not self.shortest <= len(reason) <= self.longest:
            return f"{len(reason)} characters long"
        if refuses(reason):
            return "refusal"
        if record.label and any(words in reason.casefold() for words in self.denies_harm):
            return "speaks against the label"
        verdict = check_language(Record(id="", text=reason, language=language))
        return verdict if isinstance(verdict, str) else None


def explained(prompts: Prompts, record: Record, language: str, reply: Reply) -> Record | Failed:
    """`record` with its reason, or why there is none."""
    if reply.error is not None:
        return Failed(record.id, f"no reply: {reply.error}")
    reason = " ".join(reply.text.split())
    fault = "cut" if reply.finish == "length" else prompts.fault(reason, record, language)
    return Failed(record.id, fault, reply.text) if fault else replace(record, rationale=reason)


@dataclass(frozen=True)
class Task:
    """What to do. share: of rows to explain. language: of the reasons; empty for each row's own."""

    prompts: Prompts
    share: float
    language: str
    policy: Policy


def run(records: Sequence[Record], task: Task, desk: Desk, output: Path) -> Outcome:
    """Ask, check, and write both stages."""
    chosen = cut([one for one in records if one.label is not None], task.share).validation
    wanted = [(one, task.language or one.language or "en") for one in chosen]
    requests = [task.prompts.request(record, words, desk) for record, words in wanted]
    replies = desk.ask(requests, "explain")
    rows = [
        explained(task.prompts, record, words, replies[request.key])
        for (record, words), request in zip(wanted, requests, strict=True)
    ]
    first = {row.id: row for row in rows if isinstance(row, Record)}
    rest = [record for record in records if record.id not in first]
    begin(output / "stage1.jsonl")
    write_records(output / "stage2.jsonl", rest)
    _write_forms(output, "stage1", first.values(), task.policy)
    _write_forms(output, "stage2", rest, task.policy)
    language = task.language or "each row's own"
    sampling = {**asdict(task.prompts.settings), **desk.settings}
    settings = {"share": task.share, "language": language, "sampling": sampling}
    settings |= {"policy": task.policy.name}
    return write_outcome(output / "stage1.jsonl", rows, "explain", settings, desk)


def _write_forms(output: Path, name: str, records: Iterable[Record], policy: Policy) -> None:
    rows = [record for record in records if record.label is not None and record.text]
    write_records(output / "chat" / f"{name}.jsonl", (to_chat(row, policy) for row in rows))
    alpaca: list[Any] = [to_alpaca(row, policy) for row in rows]
    (output / "alpaca").mkdir(parents=True, exist_ok=True)
    text = json.dumps(alpaca, ensure_ascii=False, indent=1)
    write_whole(output / "alpaca" / f"{name}.json", text + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    return command("explain", lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> Outcome:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.explain")
    parser.add_argument("--input", type=Path, required=True, help="labelled records, JSON Lines")
    parser.add_argument("--share", type=float, help="of rows to explain, from 0 to 1")
    parser.add_argument("--language", default="", help="of the reasons; else each row's own")
    parser.add_argument("--policy", default="ospc", help="whose first question chats ask")
    parser.add_argument("--prompts", type=Path, default=PROMPTS, help="a file of your own (TOML)")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    add_flags(parser, ("openai", "openai-batch", "transformers"))
    flags = parser.parse_args(argv)
    prompts = read_toml(flags.prompts, Prompts)
    share = prompts.share if flags.share is None else flags.share
    if not 0 < share <= 1:
        raise UserError(f"--share is {share}; give a number above 0, up to 1")
    records = list(read_records(flags.input))
    task = Task(prompts, share, flags.language, load_policy(flags.policy))
    inputs = [flags.input, flags.prompts, find_toml(flags.policy, FOLDER, "policy")]
    desk = open_desk(flags, os.environ, "openai", inputs)
    return run(records, task, desk, prepare_folder(flags.output))


if __name__ == "__main__":
    sys.exit(main())
