"""Joins stdin, supervisor and stdout. Imports no library."""

import os
import signal
import sys
import time
from types import FrameType
from typing import BinaryIO

from model_package.errors import UserError
from model_package.hardware import process_age, start_delay
from model_package.log import Log
from model_package.options import Options, parse
from model_package.output import Output
from model_package.policy import load_policy
from model_package.process import WorkerProcess
from model_package.profile import Profile, load_profile
from model_package.promise import Due, Limits, Unwritten
from model_package.spool import Spool
from model_package.supervisor import Supervisor
from model_package.weights import check_present, weights_folder

MARGIN = 10.0  # seconds kept back from the time limit to end in, or
SHARE = 0.01  # this share of it where that is more; never above
MOST = 1 / 3  # of it: engines were seen to take 4 seconds to start a container and to clear it away
# The time to start the container counts, and to clear it away takes no longer: 0.4 and 0.2 seconds
# were seen beside two busy processes, 4.6 and 2.4 where the load was 5 on two cores.
CLEARING = 5.0  # seconds at most
STOPPED = 130  # exit code when a signal left rows to the fallback
FAILED = 1  # exit code when rows could not be written
GRACE = 2.0  # seconds that rows in flight may still take after a signal
REST = 4.0  # seconds after those in which fallback rows may still be written


def main(arguments: list[str]) -> int:
    """The exit code: 0 when every line was scored or failed by itself, 130 when a signal came
    before, 1 when rows could not be written, 2 for a user's mistake.
    """
    _open_standard_streams()
    log = Log()
    try:
        return _run(parse(arguments), log)
    except UserError as error:
        log(str(error), final=True)
        return 2
    except Unwritten as error:
        log(f"the run ends here, for rows cannot be written: {error}", final=True)
        return FAILED
    finally:
        log.close()


def _run(options: Options, log: Log) -> int:
    profile = load_profile(options.profile)
    policy = load_policy(options.policy or profile.policy)
    check_present(weights_folder(profile, options.weights), profile)
    limits = _limits(profile, _start(), options.time_limit)
    output = Output(_guard_stdout(log), policy, _open(options.evidence), log, limits.due)
    spool = Spool(0)
    supervisor = Supervisor(spool, lambda: WorkerProcess(options, log.follow), output, log, limits)
    _stop_on_signals(supervisor)
    log(f"profile {profile.name}, policy {policy.name}: loading models")
    spool.start()
    try:
        supervisor.run()
    except BrokenPipeError:  # the reader of the rows has gone; there is nobody left to tell
        return 0
    output.progress.close(output.fallbacks)
    return STOPPED if supervisor.stopped and supervisor.given_up else 0


def _start() -> float:
    """When the clock of the time limit began; earlier than we did, where an engine started us."""
    start = time.monotonic() - process_age()
    is_first = 1 in (os.getpid(), os.getppid())  # in a container, under its init or without
    delay = start_delay() if is_first else 0.0
    return start - delay - min(delay, CLEARING)


def _open(evidence: str | None) -> BinaryIO | None:
    try:
        return open(evidence, "ab") if evidence else None
    except OSError as error:
        raise UserError(f"evidence file {evidence!r}: {error.strerror}") from error


def _limits(profile: Profile, start: float, time_limit: float | None) -> Limits:
    limits, due = profile.limits, _due(start, time_limit)
    return Limits(profile.batch_rows, limits.row_seconds, limits.load_seconds, limits.savings, due)


def _due(start: float, time_limit: float | None) -> Due:
    if time_limit is None:
        return Due()
    margin = min(max(MARGIN, SHARE * time_limit), MOST * time_limit)
    end = start + time_limit
    return Due(end - margin, end - margin * 3 / 4, end - margin / 4)


def _guard_stdout(log: Log) -> int:
    """Stdout under another number; what is printed to the usual one is not shown from now on."""
    rows = os.dup(1)
    source, sink = os.pipe()
    os.dup2(sink, 1)
    os.close(sink)
    log.follow(source)
    return rows


def _open_standard_streams() -> None:
    """A closed stream's number must not go to another file, where rows or notes would end up."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _stop_on_signals(supervisor: Supervisor) -> None:
    def stop(number: int, _: FrameType | None) -> None:
        supervisor.stop(f"stopped by {signal.Signals(number).name}", GRACE, REST)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    os._exit(code)  # all is written; an interpreter that tidies up takes time that may be short
