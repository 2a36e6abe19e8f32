"""Where a stage hands in its requests: an estimate first, then replies, with progress and cost.

Knows nothing of what the requests are for.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm

from data_preparation.providers.cost import Meter, add_up, expected
from data_preparation.providers.kept import Direct, Kept
from data_preparation.providers.request import Reply, Request, Setting


@dataclass(frozen=True)
class Facts:
    """What a manifest tells of a desk.

    about: provider, endpoint and caps. inputs: hashes by file. libraries: those that the provider
    stands on. began: when, by the monotonic clock.
    """

    about: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    libraries: tuple[str, ...] = ()
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Desk:
    """A provider with its store and its meter.

    model: the name that requests carry. title: of the model, for records' `source`.
    settings: sampling settings that the user gave; they come before a stage's own.
    """

    provider: Kept | Direct
    meter: Meter
    model: str
    title: str
    settings: dict[str, Setting]
    facts: Facts = field(default_factory=Facts)

    @property
    def source(self) -> str:
        """What a record made here names as its source."""
        return f"{self.provider.name}/{self.title}"

    def ask(self, requests: Sequence[Request], what: str) -> dict[str, Reply]:
        """Replies by key, one for each different request; stderr tells of estimate and cost."""
        self._announce(requests, what)
        replies: dict[str, Reply] = {}
        with tqdm(total=len(requests), desc=what, unit="reply", disable=None) as bar:
            for reply in self.provider.complete(requests):
                replies[reply.key] = reply
                bar.set_postfix_str(self.meter.show(), refresh=False)
                bar.update()
        if not self.is_free:
            print(f"{what}: spent {self.meter.show()}", file=sys.stderr)
        return replies

    @property
    def is_free(self) -> bool:
        """Whether replies cost nothing and are not kept."""
        return isinstance(self.provider, Direct)

    def _announce(self, requests: Sequence[Request], what: str) -> None:
        if self.is_free:
            return
        missing = self.provider.missing(requests)
        guess = self.meter.show(add_up(expected(request) for request in missing))
        bound = self.meter.show(add_up(map(self.meter.most, missing)))
        kept = len({request.key for request in requests}) - len(missing)
        print(f"{what}: {kept} replies kept, {len(missing)} to ask for", file=sys.stderr)
        if missing:
            print(f"{what}: about {guess}; at most {bound}", file=sys.stderr)
