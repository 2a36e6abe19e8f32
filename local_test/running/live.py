"""How far a run is, on stderr: a bar on a terminal, plain lines now and then elsewhere."""

import sys
import time

from tqdm import tqdm

from local_test.running.sampling import Sample

FIRST = 5.0  # seconds until the first plain line; each wait is twice as long as the last
SELDOM = 60.0  # and never longer than this


class Live:
    """Call `show` often; it decides when there is something to say."""

    def __init__(self, lines: int) -> None:
        self.lines, self.began = lines, time.monotonic()
        self.next = FIRST
        self.first_row = 0.0
        self.bar = _bar(lines) if sys.stderr.isatty() else None

    def show(self, rows: int, sample: Sample | None) -> None:
        """So many rows are written; `sample` is the latest."""
        if self.bar is not None:
            self.bar.set_postfix_str(_memory(sample), refresh=False)
            self.bar.update(rows - self.bar.n)
            self.bar.refresh()
            return
        seconds = time.monotonic() - self.began
        self.first_row = self.first_row or (seconds if rows else 0.0)
        if seconds >= self.next:
            self.next = seconds + min(seconds, SELDOM)
            print(self._line(seconds, rows, sample), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the last state of the bar where it is."""
        if self.bar is not None:
            self.bar.close()

    def _line(self, seconds: float, rows: int, sample: Sample | None) -> str:
        rate = rows / max(seconds - self.first_row, 0.1) if rows else 0.0
        left = f", {tqdm.format_interval((self.lines - rows) / rate)} left" if rate else ""
        passed = tqdm.format_interval(seconds)
        memory = f", {_memory(sample)}" if sample else ""
        return f"{rows}/{self.lines} rows in {passed}, {rate:.1f} a second{left}{memory}"


def _bar(lines: int) -> tqdm:
    shown = "{n_fmt}/{total_fmt} rows {bar} {rate_fmt}, {remaining} left{postfix}"
    return tqdm(total=lines, bar_format=shown, unit="row", dynamic_ncols=True)


def _memory(sample: Sample | None) -> str:
    if sample is None:
        return ""
    gpu = "" if sample.gpu_mib is None else f", GPU {sample.gpu_mib:,.0f} MiB"
    return f"{sample.memory_mib:,.0f} MiB{gpu}"
