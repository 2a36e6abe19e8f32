"""A teacher that sees pictures answers a policy's questions for each of them.

    python -m data_preparation.label --images shots --policy vr-contact --model M --output runs/vr

DIR/records.jsonl holds labelled records, DIR/answers.jsonl each answer with its probability,
DIR/llava.json conversations to tune a smaller model on, DIR/agreement.json how far runs agree.
"""

import argparse
import itertools
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data_preparation.agreement import agreement
from data_preparation.answers import Answer, read_answer
from data_preparation.chats import ask_picture, to_llava
from data_preparation.outcome import Failed, Outcome, begin, command, write_outcome
from data_preparation.place import prepare_folder, write_whole
from data_preparation.providers.desk import Desk
from data_preparation.providers.options import add_flags, open_desk
from data_preparation.providers.picture import picture_part
from data_preparation.providers.request import Message, Reply, Request, Setting
from data_preparation.record import Record, read_records
from model_package.errors import UserError
from model_package.policy import FOLDER, Policy, Question, load_policy
from model_package.toml_file import find_toml

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
SETTINGS: dict[str, Setting] = {"temperature": 0.0, "max_tokens": 8}
WITH_LOGPROBS: dict[str, Setting] = {"logprobs": True, "top_logprobs": 20}


@dataclass(frozen=True)
class Picture:
    """A picture to label, and the record that it belongs to."""

    path: Path
    record: Record


@dataclass(frozen=True)
class Task:
    """What to ask. runs: times each question is asked; they differ where chance has a part."""

    policy: Policy
    runs: int
    settings: Mapping[str, Setting]

    def request(self, shown: Message, question: Question, run: int, model: str) -> Request:
        """What asks `question` of the picture in the content part `shown`."""
        asked = {"type": "text", "text": ask_picture(question)}
        user: Message = {"role": "user", "content": [shown, asked]}
        system: Message = {"role": "system", "content": self.policy.system}
        messages = (system, user) if self.policy.system else (user,)
        about = {"stage": "label", "key": question.id, "language": "en"}
        return Request(model, messages, self.settings, run, about)


def ask(pictures: Sequence[Picture], task: Task, desk: Desk) -> list[Answer | Failed]:
    """Every question of every picture, as often as the task says; unreadable ones fail alone."""
    asked: dict[tuple[str, Question, int], Request] = {}
    found: list[Answer | Failed] = []
    for picture in pictures:
        try:
            shown = picture_part(picture.path)
        except UserError as error:
            found.append(Failed(picture.record.id, str(error)))
            continue
        for question, run in itertools.product(task.policy.questions, range(task.runs)):
            request = task.request(shown, question, run, desk.model)
            asked[picture.record.id, question, run] = request
    replies = desk.ask(list(asked.values()), "label")
    return found + [_read(*place, replies[request.key]) for place, request in asked.items()]


def _read(picture: str, question: Question, run: int, reply: Reply) -> Answer | Failed:
    if reply.error is not None:
        return Failed(picture, f"no reply: {reply.error}")
    read = read_answer(reply, question)
    if read is None:
        reason = f"{question.id}: neither {question.yes} nor {question.no}"
        return Failed(picture, reason, reply.text)
    return Answer(picture, question.id, run, *read)


def to_rows(
    picture: Picture, policy: Policy, answers: Sequence[Answer | Failed], source: str
) -> Iterator[Record | Failed]:
    """The labelled record, if every question has an answer; else why not."""
    failed = [one for one in answers if isinstance(one, Failed)]
    probas = mean_probas([one for one in answers if isinstance(one, Answer)])
    yield from failed[:1]
    if not failed:
        proba = policy.decide({f"{name}/picture": value for name, value in probas.items()})
        label = policy.label(proba)
        category = picture.record.category or policy.name
        before = picture.record.source
        taught = f"{before} by {source}" if before else source
        yield replace(picture.record, label=label, category=category, source=taught)


def mean_probas(answers: Iterable[Answer]) -> dict[str, float]:
    """P(yes) by question, averaged over runs."""
    found: dict[str, list[float]] = {}
    for answer in answers:
        found.setdefault(answer.question, []).append(answer.proba)
    return {question: math.fsum(values) / len(values) for question, values in found.items()}


def run(pictures: Sequence[Picture], task: Task, desk: Desk, output: Path, chunk: int) -> Outcome:
    """Ask about `chunk` pictures at a time, then write everything."""
    rows: list[Record | Failed] = []
    every: list[Answer] = []
    llava = []
    for start in range(0, len(pictures), chunk):
        part = pictures[start : start + chunk]
        answers: dict[str, list[Answer | Failed]] = {}
        for one in ask(part, task, desk):
            answers.setdefault(one.picture if isinstance(one, Answer) else one.id, []).append(one)
        for picture in part:
            given = answers[picture.record.id]
            good = [one for one in given if isinstance(one, Answer)]
            every += good
            rows += to_rows(picture, task.policy, given, desk.source)
            llava.append(_conversation(picture, task.policy, good))
    begin(output / "records.jsonl")
    _write(output, every, [one for one in llava if one["conversations"]])
    settings = {"policy": task.policy.name, "runs": task.runs, "sampling": dict(task.settings)}
    return write_outcome(output / "records.jsonl", rows, "label", settings, desk)


def _conversation(picture: Picture, policy: Policy, answers: Sequence[Answer]) -> dict[str, Any]:
    sides = {question: proba > 0.5 for question, proba in mean_probas(answers).items()}
    return to_llava(picture.record.id, str(picture.record.image), policy, sides)


def _write(output: Path, answers: Sequence[Answer], llava: Sequence[dict[str, Any]]) -> None:
    lines = [json.dumps(asdict(answer), ensure_ascii=False) for answer in answers]
    write_whole(output / "answers.jsonl", "".join(f"{line}\n" for line in lines))
    rows = [asdict(row) for row in agreement((f"run {one.run}", one) for one in answers)]
    for name, value in (("llava.json", llava), ("agreement.json", rows)):
        text = json.dumps(value, ensure_ascii=False, indent=1)
        write_whole(output / name, text + "\n")


def find_pictures(images: Path, records: Path | None) -> list[Picture]:
    """Pictures of the records in a file, found under `images`; or all pictures in that folder."""
    if records is not None:
        named = [record for record in read_records(records) if record.image]
        return [Picture(images / str(record.image), record) for record in named]
    if not images.is_dir():
        raise UserError(f"{images} is no folder; give the folder of pictures by --images")
    paths = sorted(path for path in images.rglob("*") if path.suffix.lower() in ENDINGS)
    names = [path.relative_to(images).as_posix() for path in paths]
    return [
        Picture(path, Record(id=name, image=name, group=name))
        for path, name in zip(paths, names, strict=True)
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    return command("label", lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> Outcome:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.label")
    parser.add_argument("--images", type=Path, required=True, help="folder of pictures")
    parser.add_argument("--input", type=Path, help="records whose pictures to label, JSON Lines")
    parser.add_argument("--policy", required=True, help="a name in policies/, or a .toml file")
    parser.add_argument("--runs", type=int, default=1, help="times each question is asked")
    parser.add_argument("--chunk", type=int, default=256, help="pictures in memory at once")
    parser.add_argument("--no-logprobs", action="store_true", help="for servers without them")
    parser.add_argument("--output", type=Path, required=True, help="folder to write")
    add_flags(parser, ("openai", "openai-batch", "transformers"))
    flags = parser.parse_args(argv)
    if flags.runs < 1 or flags.chunk < 1:
        raise UserError("--runs and --chunk must be at least 1")
    pictures = find_pictures(flags.images, flags.input)
    if not pictures:
        raise UserError(f"{flags.images} holds no pictures ({', '.join(ENDINGS)})")
    prepare_folder(flags.output)
    given = [one for one in (flags.input, *(picture.path for picture in pictures)) if one]
    desk = open_desk(
        flags, os.environ, "openai", [*given, find_toml(flags.policy, FOLDER, "policy")]
    )
    settings = {**SETTINGS, **({} if flags.no_logprobs else WITH_LOGPROBS), **desk.settings}
    task = Task(load_policy(flags.policy), flags.runs, settings)
    return run(pictures, task, desk, flags.output, flags.chunk)


if __name__ == "__main__":
    sys.exit(main())
