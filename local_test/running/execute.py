"""One run from start to end: feeds, watches, samples, stops at a limit, and gives the verdict.

Knows a `Subject` and not what it is. Leaves `stdout.csv`, `stderr.csv` and `memory.csv`.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from local_test.form import count_lines, fault_in
from local_test.running.leak import Growth, gpu_growth, growth
from local_test.running.live import Live
from local_test.running.outcome import MANIFEST, Outcome
from local_test.running.presets import Preset
from local_test.running.sampling import Gpu, Sampler
from local_test.running.streams import Log, Rows, follow
from local_test.running.subject import Subject
from local_test.running.verdict import FORMAT, RESOURCE, TIME, Verdict, decide, leaking


@dataclass(frozen=True)
class Run:
    """A run under way: what is run, and who watches what of it."""

    subject: Subject
    preset: Preset
    rows: Rows
    log: Log
    sampler: Sampler


def execute(
    start: Callable[[BinaryIO], Subject], stdin: Path, output: Path, preset: Preset
) -> Outcome:
    """Run what `start` starts on the file `stdin` until it ends or passes a limit of `preset`.

    Whatever happens, it is ended and removed before this returns or raises. A `run.json` that
    lay in `output` is removed first: the run that it tells of is gone.
    """
    output.mkdir(parents=True, exist_ok=True)
    (output / MANIFEST).unlink(missing_ok=True)
    gpu = Gpu()
    try:
        with stdin.open("rb") as source:
            subject = start(source)
            try:
                return _conduct(subject, count_lines(stdin.read_bytes()), gpu, output, preset)
            finally:
                subject.end()
    finally:
        gpu.end()


def _conduct(subject: Subject, lines: int, gpu: Gpu, output: Path, preset: Preset) -> Outcome:
    out, err = output / "stdout.csv", output / "stderr.csv"
    with out.open("wb", buffering=0) as kept, err.open("wb", buffering=0) as noted:
        rows, log = Rows(kept, lines), Log(noted, preset.log_bytes)
        sampler = Sampler(subject.memory, lambda: rows.done, gpu, output / "memory.csv")
        run = Run(subject, preset, rows, log, sampler)
        stopped = _watch(run)
    seconds = time.monotonic() - subject.begun
    return _outcome(run, _judge(run, stopped, out), seconds)


def _watch(run: Run) -> Verdict | None:
    """Why it was stopped; None when it ended by itself."""
    live, samples = Live(run.rows.lines), run.sampler.samples

    def tick() -> None:
        live.show(run.rows.done, samples[-1] if samples else None)

    run.sampler.start()
    try:
        return follow(run.subject, run.rows, run.log, lambda: _past(run), tick)
    finally:
        run.sampler.stop()
        live.close()


def _past(run: Run) -> Verdict | None:
    """The limit that is passed now, if one is."""
    preset, rows = run.preset, run.rows
    if time.monotonic() - run.subject.begun > preset.seconds:
        told = f"still running after {preset.seconds:g} s"
        return Verdict(TIME, f"{told}, with {rows.done} rows for {rows.lines} lines")
    if run.log.over:
        return Verdict(RESOURCE, f"log size: over {preset.log_bytes:,} bytes on stderr")
    most, samples = run.subject.watched_mib, run.sampler.samples
    if most is not None and samples and samples[-1].memory_mib > most:
        used = f"{samples[-1].memory_mib:,.0f} MiB in use, {most:,.0f} allowed"
        return Verdict(RESOURCE, f"memory: {used}")
    return Verdict(FORMAT) if rows.wrong else None


def _judge(run: Run, stopped: Verdict | None, stdout: Path) -> Verdict:
    """Also ends it, if it still runs."""
    ran_out = stopped is None and run.subject.ran_out()
    run.subject.end()
    with stdout.open("rb") as kept:
        fault = fault_in(run.rows.lines, kept)
    leak = leaking(*_growths(run))
    return decide(stopped, run.subject.process.wait(), ran_out, fault, leak)


def _growths(run: Run) -> tuple[Growth | None, Growth | None]:
    """Of memory, and of the GPU's."""
    samples, rows = run.sampler.samples, run.rows.done
    return growth(samples, rows), gpu_growth(samples, rows)


def _outcome(run: Run, verdict: Verdict, seconds: float) -> Outcome:
    samples = run.sampler.samples
    memory, gpu = _growths(run)
    on_gpu = [one.gpu_mib for one in samples if one.gpu_mib is not None]
    return Outcome(
        **asdict(verdict),
        command=run.subject.command,
        rows=run.rows.done,
        lines=run.rows.lines,
        seconds=round(seconds, 3),
        exit_code=run.subject.process.wait(),
        log_bytes=run.log.bytes,
        leak_mib_per_1000_rows=None if memory is None else round(memory.slope, 3),
        gpu_leak_mib_per_1000_rows=None if gpu is None else round(gpu.slope, 3),
        peak_mib=max((one.memory_mib for one in samples), default=None),
        peak_gpu_mib=max(on_gpu, default=None),
    )
