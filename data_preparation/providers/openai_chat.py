"""Any OpenAI-compatible endpoint, asked through the official client.

Keeps the endpoint's limits, asks again where that can help, and never raises for one request.
Knows nothing of files, prices or what the requests are for.
"""

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import openai

from data_preparation.providers.cost import expected
from data_preparation.providers.failure import Failure, understand
from data_preparation.providers.pace import Manners, Pace
from data_preparation.providers.request import Reply, Request, unasked
from data_preparation.providers.wire import body, read_completion


def connect(base_url: str | None, key: str, manners: Manners) -> openai.OpenAI:
    """A client that leaves all retrying to its caller."""
    return openai.OpenAI(
        base_url=base_url or None, api_key=key, timeout=manners.timeout, max_retries=0
    )


class OpenAIChat:
    """Chat completions, several at once. After an interrupt, replies under way still come."""

    name = "openai"

    def __init__(self, client: openai.OpenAI, manners: Manners | None = None) -> None:
        self.client = client
        self.manners = manners or Manners()
        self.pace = Pace(self.manners)
        self.hopeless = ""

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, each as soon as it is there."""
        self.pace = Pace(self.manners)
        with ThreadPoolExecutor(self.manners.concurrency) as pool:
            waiting = iter(requests)
            first = itertools.islice(waiting, self.manners.concurrency)
            running = {pool.submit(self._answer, request) for request in first}
            try:
                yield from self._replies(pool, running, waiting)
            except KeyboardInterrupt:
                self.pace.stop()
                yield from (future.result() for future in wait(running).done)
                raise
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
                following = itertools.islice(waiting, 1)
                running.update(pool.submit(self._answer, request) for request in following)
                yield future.result()
                running.discard(future)

    def _answer(self, request: Request) -> Reply:
        lost = 0
        for attempt in range(1, self.manners.retries + 2):
            if self.hopeless or not self.pace.take(sum(expected(request))):
                reason = self.hopeless or "stopped before it was asked"
                return dataclasses.replace(unasked(request, reason), lost=lost)
            try:
                return dataclasses.replace(self._ask(request), lost=lost)
            except Exception as error:
                failure = understand(error)
            lost += failure.lost
            if not self._may_try_again(failure, attempt):
                break
        return self._give_up(request, failure, attempt, lost)

    def _ask(self, request: Request) -> Reply:
        asked = body(request)
        answer = self.client.chat.completions.with_raw_response.create(
            model=asked.pop("model"), messages=asked.pop("messages"), extra_body=asked
        )
        return read_completion(request.key, answer.http_response.content)

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
        reason = failure.reason.replace(self.client.api_key, "(key)")
        if failure.hopeless:
            self.hopeless = reason
        return Reply(request.key, error=f"{reason} (attempts: {attempts})", lost=lost)
