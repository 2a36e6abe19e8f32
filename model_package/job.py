"""One prompt that is still to be scored, and which of them go together; knows no models."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BUCKET = 16  # prompts are padded to a multiple of this many tokens after the prefix

Ask = tuple[str, str]  # ids of a question and a view


@dataclass(frozen=True)
class Job:
    """One prompt still to be scored: whose it is, what it asks, its ids after the prefix."""

    row: int
    ask: Ask
    ids: tuple[int, ...]

    @property
    def padded(self) -> int:
        """The length that it is computed at, where jobs are padded."""
        return -(-len(self.ids) // BUCKET) * BUCKET


def in_buckets(jobs: Iterable[Job], most: int) -> Iterator[list[Job]]:
    """`jobs` of one ask, those of one padded length together; up to `most` tokens, or one job."""
    groups: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        groups[job.padded].append(job)
    for padded, group in groups.items():
        size = max(1, most // padded)
        yield from (group[start : start + size] for start in range(0, len(group), size))


def in_a_row(jobs: Iterable[Job], most: int) -> Iterator[list[Job]]:
    """`jobs` of one ask, from short to long; up to `most` tokens together, or one job."""
    batch: list[Job] = []
    total = 0
    for job in sorted(jobs, key=lambda job: len(job.ids)):
        if batch and total + len(job.ids) > most:
            yield batch
            batch, total = [], 0
        batch.append(job)
        total += len(job.ids)
    if batch:
        yield batch
