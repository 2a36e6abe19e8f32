"""How a stage with a provider ends: records, what failed beside them, a manifest, an exit code.

Knows nothing of what the stage does.
"""

import fcntl
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from data_preparation.manifest import versions
from data_preparation.place import write_whole
from data_preparation.providers.desk import Desk
from data_preparation.record import Record, write_records
from model_package.errors import UserError

NO_REPLY = "no reply: "


@dataclass(frozen=True)
class Failed:
    """Something that became no record, and why. raw: what there was of it."""

    id: str
    reason: str
    raw: str = ""


@dataclass(frozen=True)
class Outcome:
    """Counts of one run; found = kept + rejected, and unanswered requests apart."""

    output: Path
    kept: int
    rejected: int
    unanswered: int
    why: str = ""

    @property
    def found(self) -> int:
        """Items that replies held."""
        return self.kept + self.rejected


def write_outcome(
    output: Path,
    rows: Iterable[Record | Failed],
    verb: str,
    settings: Mapping[str, Any],
    desk: Desk,
) -> Outcome:
    """Write records to `output`, the others to OUTPUT.rejected.jsonl, and OUTPUT.run.json last."""
    every = list(rows)
    kept = [row for row in every if isinstance(row, Record)]
    failed = [row for row in every if isinstance(row, Failed)]
    silent = [row for row in failed if row.reason.startswith(NO_REPLY)]
    why = silent[0].reason.removeprefix(NO_REPLY) if silent else ""
    outcome = Outcome(output, len(kept), len(failed) - len(silent), len(silent), why)
    lines = [json.dumps(asdict(row), ensure_ascii=False) for row in failed]
    reasons = Counter("no reply" if row in silent else row.reason for row in failed)
    manifest = _manifest(verb, settings, outcome, reasons, desk)
    with _alone(output.parent):
        if silent and not kept and output.is_file() and output.stat().st_size:
            return outcome  # no reply came at all: what an earlier run wrote stays
        begin(output)
        write_records(output, number(kept))
        write_whole(beside(output, ".rejected.jsonl"), "".join(f"{line}\n" for line in lines))
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        write_whole(beside(output, ".run.json"), text + "\n")
    return outcome


def begin(output: Path) -> None:
    """Take the manifest of an earlier run away, before anything that it describes changes."""
    beside(output, ".run.json").unlink(missing_ok=True)


def number(records: Iterable[Record]) -> Iterable[Record]:
    """Records whose ids are all different."""
    seen: Counter[str] = Counter()
    for record in records:
        seen[record.id] += 1
        again = seen[record.id]
        yield record if again == 1 else replace(record, id=f"{record.id}-again{again}")


def beside(output: Path, ending: str) -> Path:
    """The path of a file that goes with `output`."""
    return output.with_name(output.name.removesuffix(".jsonl") + ending)


def command(verb: str, work: Callable[[], Outcome]) -> int:
    """Run `work`: 0 done, 1 some requests had no reply, 2 a user's mistake, 130 stopped."""
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        outcome = work()
    except UserError as error:
        print(f"{verb}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{verb}: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    finally:
        signal.signal(signal.SIGTERM, before)
    _report(verb, outcome)
    return 1 if outcome.unanswered else 0


def _report(verb: str, outcome: Outcome) -> None:
    print(f"{outcome.output}\t{outcome.kept} records")
    counts = f"found {outcome.found}, kept {outcome.kept}, rejected {outcome.rejected}"
    print(f"{verb}: {counts}", file=sys.stderr)
    if outcome.unanswered:
        print(
            f"{verb}: {outcome.unanswered} requests had no reply, the first for: {outcome.why}; "
            "the same command asks for them again",
            file=sys.stderr,
        )


def _manifest(
    verb: str, settings: Mapping[str, Any], outcome: Outcome, reasons: Counter[str], desk: Desk
) -> dict[str, Any]:
    metrics = {**asdict(outcome), "output": outcome.output.name, "found": outcome.found}
    meter, facts = desk.meter, desk.facts
    spent = {"input_tokens": meter.input, "output_tokens": meter.output, "money": meter.money()}
    return {
        "verb": verb,
        "settings": {**facts.about, **settings},
        "inputs": dict(facts.inputs),
        "seconds": round(time.monotonic() - facts.began, 1),
        "versions": versions(facts.libraries),
        "metrics": metrics,
        "reasons": dict(reasons.most_common()),
        "spent": spent,
    }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other run writes its outcome into `folder` meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt
