"""Asks an endpoint for each request alone, several at once, and again where that can help.

Keeps the endpoint's limits and never raises for one request. Knows nothing of any protocol.
"""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from data_preparation.providers.cost import expected
from data_preparation.providers.failure import Failure, understand
from data_preparation.providers.pace import Manners, Pace
from data_preparation.providers.request import Reply, Request, unasked
from data_preparation.providers.stopping import finish_first


class Caller:
    """A provider made of `ask`, which returns one reply or raises; `secret` is never shown.

    may_ask: asked before a request's first attempt; may_repeat: before an attempt after one that
    may have been billed; whoever minds the cost sets them. After a first signal to stop, replies
    under way still come, and then `KeyboardInterrupt`.
    """

    def __init__(
        self, name: str, ask: Callable[[Request], Reply], secret: str, manners: Manners
    ) -> None:
        self.name = name
        self.ask = ask
        self.secret = secret
        self.manners = manners
        self.pace = Pace(self.manners)
        self.hopeless = ""
        self.may_ask: Callable[[Request], bool] = lambda request: True
        self.may_repeat: Callable[[Request], bool] = lambda request: True

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, each as soon as it is there."""
        self.pace = Pace(self.manners)
        with ThreadPoolExecutor(self.manners.concurrency) as pool:
            waiting = iter(requests)
            first = itertools.islice(waiting, self.manners.concurrency)
            running = {pool.submit(self._answer, request) for request in first}
            try:
                with finish_first(self.pace.stop):
                    yield from self._replies(pool, running, waiting)
            finally:
                self.pace.stop()

    def _replies(
        self,
        pool: ThreadPoolExecutor,
        running: set[Future[Reply]],
        waiting: Iterator[Request],
    ) -> Iterator[Reply]:
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                running.discard(future)
                yield future.result()  # so that its cost is known before the next is asked
                following = itertools.islice(waiting, 0 if self.pace.stopped.is_set() else 1)
                running.update(pool.submit(self._answer, request) for request in following)
        if self.pace.stopped.is_set():
            raise KeyboardInterrupt

    def _answer(self, request: Request) -> Reply:
        lost = 0
        if not self.may_ask(request):
            return unasked(request, "stopped before the cap would be passed")
        for attempt in range(1, self.manners.retries + 2):
            if self.hopeless or not self.pace.take(sum(expected(request))):
                reason = self.hopeless or "stopped before it was asked"
                return dataclasses.replace(unasked(request, reason), lost=lost)
            try:
                return dataclasses.replace(self.ask(request), lost=lost)
            except Exception as error:
                failure = understand(error, self.secret)
            lost += failure.lost
            if not self._may_try_again(failure, attempt):
                break
            if failure.lost and not self.may_repeat(request):
                break
        return self._give_up(request, failure, attempt, lost)

    def _may_try_again(self, failure: Failure, attempt: int) -> bool:
        """Whether to go on, after the wait that is due."""
        if not failure.again or attempt > self.manners.retries:
            return False
        if failure.wait > self.manners.longest_obeyed:
            return False
        if failure.wait:
            self.pace.pause(failure.wait)
        return self.pace.sleep(max(failure.wait, self.manners.wait(attempt)))

    def _give_up(self, request: Request, failure: Failure, attempts: int, lost: int) -> Reply:
        if failure.hopeless:
            self.hopeless = failure.reason
        return Reply(request.key, error=f"{failure.reason} (attempts: {attempts})", lost=lost)
