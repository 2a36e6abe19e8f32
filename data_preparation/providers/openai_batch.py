"""OpenAI's Batch API: half the price for replies within a day.

A run that was stopped goes on with the batches that it left at the server, and sends nothing
twice. Knows nothing of prices or of what the requests are for.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import openai
from openai.types import Batch

from data_preparation.providers.batch_part import ENDPOINT, Limits, Part, Parts
from data_preparation.providers.batch_result import read_results, why_no_answer
from data_preparation.providers.failure import understand
from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Reply, Request

T = TypeVar("T")
ENDED = ("completed", "failed", "expired", "cancelled")
MARK = "memesieve"  # the key in a batch's metadata that names our part


class OpenAIBatch:
    """Chat completions by batches. poll: seconds between two looks at a batch."""

    name = "openai-batch"

    def __init__(
        self,
        client: openai.OpenAI,
        parts: Parts,
        manners: Manners | None = None,
        poll: float = 60.0,
        limits: Limits | None = None,
    ) -> None:
        self.client = client
        self.parts = parts
        self.manners = manners or Manners()
        self.poll = poll
        self.limits = limits or Limits()

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, each when its batch has ended."""
        wanted = {request.key: request for request in requests}
        parts = self.parts.open(set(wanted))
        covered = {key for part in parts for key in part.waiting}
        fresh = [request for key, request in wanted.items() if key not in covered]
        for reply in self._run(parts + self.parts.plan(fresh, self.limits), set(wanted)):
            if wanted.pop(reply.key, None):
                yield reply

    def _run(self, parts: list[Part], keys: set[str]) -> Iterator[Reply]:
        """All parts are created before the first is waited for; of others' keys none is taken."""
        under_way = []
        for part in parts:
            try:
                under_way.append(self._start(part))
            except Exception as error:
                yield from self._failed(part, error)
        for part in under_way:
            try:
                replies = self._collect(part, self._wait(part))
            except Exception as error:
                yield from self._failed(part, error)
            else:
                yield from (reply for reply in replies if reply.key in part.waiting)
                self.parts.take(part, keys)

    def _start(self, part: Part) -> Part:
        """`part` with its file uploaded and its batch created, each once."""
        with self.parts.alone():
            part = self.parts.read(part.id)
            if part.step in ("planned", "uploading"):
                part = self._upload(part)
            if part.step in ("uploaded", "creating"):
                part = self._create(part)
            return part

    def _upload(self, part: Part) -> Part:
        begun = part.step == "uploading"
        part = self.parts.note(part, step="uploading")
        file = self._once(begun, lambda: self._find_file(part), lambda: self._send_file(part))
        return self.parts.note(part, step="uploaded", file=file)

    def _create(self, part: Part) -> Part:
        begun = part.step == "creating"
        part = self.parts.note(part, step="creating")
        batch = self._once(begun, lambda: self._find_batch(part), lambda: self._make_batch(part))
        return self.parts.note(part, step="created", batch=batch)

    def _send_file(self, part: Part) -> str:
        with self.parts.input(part).open("rb") as file:
            return self.client.files.create(file=(part.filename, file), purpose="batch").id

    def _find_file(self, part: Part) -> str:
        files = self.client.files.list(purpose="batch", limit=100)
        good = (one for one in files if one.status != "error")
        return next((one.id for one in good if one.filename == part.filename), "")

    def _make_batch(self, part: Part) -> str:
        return self.client.batches.create(
            input_file_id=part.file,
            endpoint=ENDPOINT,
            completion_window="24h",
            metadata={MARK: part.id},
        ).id

    def _find_batch(self, part: Part) -> str:
        batches = self.client.batches.list(limit=100)
        return next((one.id for one in batches if (one.metadata or {}).get(MARK) == part.id), "")

    def _wait(self, part: Part) -> Batch:
        shown = ""
        while True:
            batch = self._patiently(lambda _: self.client.batches.retrieve(part.batch))
            if batch.status in ENDED:
                return batch
            shown = _show(batch, shown)
            time.sleep(self.poll)

    def _collect(self, part: Part, batch: Batch) -> list[Reply]:
        """One reply for each request of `part`; the first that names it counts."""
        found: dict[str, Reply] = {}
        for file in filter(None, (batch.output_file_id, batch.error_file_id)):
            for reply in read_results(self._download(file), self.client.api_key):
                found.setdefault(reply.key, reply)
        reason = why_no_answer(batch, self.client.api_key)
        return [found.get(key) or Reply(key, error=reason) for key in part.keys]

    def _download(self, file: str) -> str:
        return self._patiently(lambda _: self.client.files.content(file).text)

    def _once(self, look: bool, find: Callable[[], str], make: Callable[[], str]) -> str:
        """What `make` makes, unless an attempt before made it: then what `find` finds."""
        return self._patiently(lambda attempt: ((look or attempt > 1) and find()) or make())

    def _patiently(self, do: Callable[[int], T]) -> T:
        """`do(attempt)`, again and again while that can help."""
        attempt = 1
        while True:
            try:
                return do(attempt)
            except Exception as error:
                failure = understand(error, self.client.api_key)
                if not failure.again or attempt > self.manners.retries:
                    raise
            time.sleep(max(failure.wait, self.manners.wait(attempt)))
            attempt += 1

    def _failed(self, part: Part, error: Exception) -> Iterator[Reply]:
        note = self.parts.folder / f"{part.id}.json"
        reason = understand(error, self.client.api_key).reason
        cure = f"run again to go on with it, or remove {note.name} to begin anew"
        sent = self.parts.read(part.id).step in ("creating", "created")
        finish, lost = ("pending", 1) if sent else ("stop", 0)
        why = f"batch {part.batch or part.id}: {reason}; {cure}"
        for key in part.waiting:
            yield Reply(key, finish=finish, error=why, lost=lost)


def _show(batch: Batch, shown: str) -> str:
    """Say how far `batch` is, when that has changed."""
    counts = batch.request_counts
    done = f", {counts.completed} of {counts.total} done" if counts else ""
    line = f"{batch.id}: {batch.status}{done}"
    if line != shown:
        print(line, file=sys.stderr)
    return line
