"""Runs an image as the judge does, or the plain program where no Docker engine answers.

Prints one verdict with the leaderboard's status; exit code 0 when it would be accepted, 1 when it
would be refused, 2 for a mistake in the command. The run ends at the first wrong line, for
nothing after that can save it, and at the first limit that is passed.
"""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from types import FrameType

from local_test.running import container, engine, plain
from local_test.running.execute import execute
from local_test.running.feed import drop_evidence, evidence_file, feed
from local_test.running.options import IMAGE, chosen, parser
from local_test.running.outcome import Outcome, facts, last_notes, write_manifest
from local_test.running.presets import Preset, size
from local_test.running.stale import remove_stale
from local_test.running.verdict import LOAD, Verdict
from model_package.errors import UserError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(argv: Sequence[str] | None = None) -> int:
    """Run, say the verdict in one line on stdout, and return the exit code."""
    flags = parser(__doc__ or "").parse_args(argv)
    before = {one: signal.signal(one, _interrupt) for one in SIGNALS}
    try:
        return _run(flags)
    except engine.LoadError as error:
        print(Verdict(LOAD, str(error)))
        return 1
    except (UserError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; what ran was ended and removed", file=sys.stderr)
        return 130
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _run(flags: argparse.Namespace) -> int:
    preset = chosen(flags)
    outcome = (_plain if _is_plain(flags) else _container)(flags, preset)
    write_manifest(outcome, flags.output, preset=flags.preset, images=str(flags.images.resolve()))
    for note in last_notes(flags.output):
        print(f"log: {note}", file=sys.stderr)
    if flags.rows:
        sys.stdout.write((flags.output / "stdout.csv").read_text("utf-8", "backslashreplace"))
    print(f"{outcome.verdict}; {facts(outcome, flags.output)}")
    return 0 if outcome.verdict.accepted else 1


def _is_plain(flags: argparse.Namespace) -> bool:
    """Whether asked for, or no engine answers and no image was named."""
    if flags.plain or flags.command:
        return True
    try:
        engine.require_engine()
    except UserError as error:
        if flags.image:
            raise
        _note(f"{error}; until then a plain process is run")
        return True
    return False


def _plain(flags: argparse.Namespace, preset: Preset) -> Outcome:
    """The program on this machine's own paths."""
    stdin = feed(flags.stdin, flags.images, flags.output, local=True)
    drop_evidence(flags.output)
    command = shlex.split(flags.command or "") or [
        *(sys.executable, "-m", "model_package"),
        *("--evidence", str(evidence_file(flags.output))),
    ]
    _note(f"a plain process; this is not enforced: {', '.join(plain.not_held(preset))}")
    return execute(lambda file: plain.start(command, file, preset), stdin, flags.output, preset)


def _container(flags: argparse.Namespace, preset: Preset) -> Outcome:
    """The image in the jail."""
    image = engine.find_image(flags.image or IMAGE)
    stdin = feed(flags.stdin, flags.images, flags.output, local=False)
    fits = _fitting(preset)
    if removed := remove_stale():
        _note(f"{removed} containers of runs that were killed are removed")
    container.ensure_network()
    gpu = preset.gpu and container.has_gpu()
    if preset.gpu and not gpu:
        _note("no GPU answers on this machine: --gpus is left out")
    drop_evidence(flags.output)
    extra = container.evidence_flags(evidence_file(flags.output)) if flags.evidence else ()
    line = container.command(image, flags.images, fits, gpu=gpu)
    return execute(lambda file: container.start(line, file, extra), stdin, flags.output, fits)


def _fitting(preset: Preset) -> Preset:
    """`preset` with no more processors than the engine has, which would refuse it otherwise."""
    cpus, memory = engine.machine()
    if size(preset.memory) > memory:
        _note(f"this machine has {memory / 2**30:.0f} GiB of memory, not {preset.memory}")
    if preset.cpus <= cpus:
        return preset
    _note(f"this machine has {cpus} CPUs, not {preset.cpus:g}: it is given {cpus}")
    return replace(preset, cpus=float(cpus))


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Once: what runs is ended and removed, and a second signal must not prevent that."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
