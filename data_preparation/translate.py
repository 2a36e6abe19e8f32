"""Translates records by a language model, by Google, or by a local translation model.

    python -m data_preparation.translate --input runs/en.jsonl --to zh,ta --output runs/zhta.jsonl

A translation shares its source's group. What fails a check goes to a file beside the output, with
the reason. LANGUAGE, DIR_NAME, MODEL_ID and API_KEY stand for flags; flags win.
"""

import argparse
import itertools
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from data_preparation.cleaning.languages import NAMES
from data_preparation.faithful import fault, tidy
from data_preparation.outcome import Failed, Outcome, command, write_outcome
from data_preparation.place import prepare_file
from data_preparation.providers.desk import Desk
from data_preparation.providers.options import TRANSLATORS, add_flags, open_desk
from data_preparation.providers.request import Message, Reply, Request, Setting
from data_preparation.record import Record, read_records
from model_package.errors import UserError
from model_package.toml_file import read_toml

PROMPTS = Path(__file__).parent / "prompts" / "translate.toml"
MACHINES = ("google", "seq2seq", "template")  # they take the text itself, not a prompt
FIELDS = ("text", "caption")
FREE: dict[str, Setting] = {"max_tokens": 0}  # machines bill nothing for what they write


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn, by OpenAI's names."""

    temperature: float = 0.2
    top_p: float = 0.95
    max_tokens: int = 400


@dataclass(frozen=True)
class Prompts:
    """The file prompts/translate.toml."""

    system: str
    prompt: str
    settings: Sampling = field(default_factory=Sampling)

    def messages(self, text: str, language: str) -> tuple[Message, ...]:
        """The chat that asks for a translation of `text`."""
        prompt = self.prompt.replace("{language}", NAMES[language]).replace("{text}", text)
        return (
            {"role": "system", "content": self.system.strip()},
            {"role": "user", "content": prompt.strip()},
        )


@dataclass(frozen=True)
class Wanted:
    """One record in one language: the request for each of its fields."""

    record: Record
    language: str
    requests: dict[str, Request]


def requests(
    records: Sequence[Record], languages: Sequence[str], fields: Sequence[str], desk: Desk
) -> list[Wanted]:
    """What to ask for: each record in each language that it is not in."""
    prompts = read_toml(PROMPTS, Prompts)
    pairs = itertools.product(records, languages)
    return [
        Wanted(record, language, _requests(record, language, fields, desk, prompts))
        for record, language in pairs
        if record.language != language
    ]


def _requests(
    record: Record, language: str, fields: Sequence[str], desk: Desk, prompts: Prompts
) -> dict[str, Request]:
    """A request a field that has words."""
    is_machine = desk.provider.name in MACHINES
    settings = {**asdict(prompts.settings), **desk.settings} if not is_machine else FREE
    task = {"stage": "translate", "from": record.language or "en", "language": language}
    made = {}
    for name in fields:
        text = getattr(record, name)
        if text:
            plain = ({"role": "user", "content": text},)
            messages = plain if is_machine else prompts.messages(text, language)
            named = {**task, "key": name, **({"text": text} if is_machine else {})}
            made[name] = Request(desk.model, messages, settings, 0, named)
    return made


def read_replies(wanted: Wanted, replies: Mapping[str, Reply], source: str) -> Record | Failed:
    """The translated record, or why there is none."""
    record, language = wanted.record, wanted.language
    name = f"{record.id}/{language}"
    values = {}
    for part, request in wanted.requests.items():
        reply = replies[request.key]
        if reply.error is not None:
            return Failed(name, f"no reply: {reply.error}")
        before = getattr(record, part)
        values[part] = tidy(reply.text, before)
        reason = "cut" if reply.finish == "length" else fault(before, values[part], language)
        if reason:
            return Failed(name, f"{part}: {reason}", reply.text)
    if not values:
        return Failed(name, "nothing to translate")
    return _translated(record, name, language, values, source)


def _translated(
    record: Record, name: str, language: str, values: dict[str, str], source: str
) -> Record:
    """A picture that shows the old words, and what was written about them, is left out."""
    return replace(
        record,
        id=name,
        language=language,
        text=values.get("text", record.text),
        caption=values.get("caption", record.caption),
        source=f"{record.source} by {source}" if record.source else source,
        group=record.group or record.id,
        image=None,
        rationale=None,
        messages=None,
    )


def run(
    paths: Sequence[Path], languages: Sequence[str], fields: Sequence[str], desk: Desk, output: Path
) -> Outcome:
    """Ask, check, and write translations and rejects."""
    records = [record for path in paths for record in read_records(path)]
    wanted = requests(records, languages, fields, desk)
    every = [request for one in wanted for request in one.requests.values()]
    replies = desk.ask(every, "translate")
    rows = [read_replies(one, replies, desk.source) for one in wanted]
    settings: dict[str, Any] = {"languages": list(languages), "fields": list(fields)}
    if desk.provider.name not in MACHINES:
        settings["sampling"] = {**asdict(read_toml(PROMPTS, Prompts).settings), **desk.settings}
    return write_outcome(output, rows, "translate", settings, desk)


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    return command("translate", lambda: _main(argv))


def _main(argv: Sequence[str] | None) -> Outcome:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.translate")
    parser.add_argument("--input", type=Path, help="JSON Lines, or a folder of them; or DIR_NAME")
    parser.add_argument("--to", help="zh, ms, ta or en, with commas; or LANGUAGE")
    parser.add_argument(
        "--fields",
        default="text",
        help="text, or text,caption: captions stay English, as the captioner writes them",
    )
    parser.add_argument("--output", type=Path, help="JSON Lines to write, else in runs/translate")
    add_flags(parser, TRANSLATORS)
    flags = parser.parse_args(argv)
    languages = parse_languages(flags.to or os.environ.get("LANGUAGE", ""))
    fields = flags.fields.split(",")
    if not set(fields) <= set(FIELDS):
        raise UserError(f"--fields {flags.fields}: choose of {', '.join(FIELDS)}")
    given = flags.input or Path(os.environ.get("DIR_NAME", ""))
    paths = list(find_inputs(given))
    output = flags.output or Path("runs/translate") / f"{given.stem}-{'-'.join(languages)}.jsonl"
    desk = open_desk(flags, os.environ, "google", [*paths, PROMPTS])
    return run(paths, languages, fields, desk, prepare_file(output))


def parse_languages(text: str) -> list[str]:
    """Codes of the languages in `text`: codes or English names, with commas."""
    codes = {name.casefold(): code for code, name in NAMES.items()}
    known = {**codes, **{code: code for code in NAMES}}
    words = [word.strip().casefold() for word in text.split(",")]
    if not set(words) <= set(known):
        raise UserError(f"language {text!r}: give --to, or LANGUAGE, of {', '.join(NAMES)}")
    return [known[word] for word in words]


def find_inputs(path: Path) -> Iterator[Path]:
    """The file `path`, or the files of records in the folder `path`."""
    if path == Path():
        raise UserError("nothing to translate: give --input, or set DIR_NAME")
    if not path.is_dir():
        yield path
        return
    found = sorted(path.glob("*.jsonl"))
    yield from (one for one in found if not one.name.endswith(".rejected.jsonl"))


if __name__ == "__main__":
    sys.exit(main())
