"""Providers around a provider: one that asks only for what is missing, one that minds a cap.

Neither knows what the requests are for, nor how replies are got.
"""

import itertools
import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from data_preparation.providers.cost import Meter, add_up
from data_preparation.providers.request import Provider, Reply, Request, unasked
from data_preparation.providers.store import Store

UNDECIDED = ("unasked", "pending")  # such replies are no answers, nor failures to keep


class Kept:
    """Replies come from the store where it has them; the others are asked for and stored.

    tell: hears of each request what was paid for it before this run.
    """

    def __init__(
        self,
        provider: Provider,
        store: Store,
        tell: Callable[[Request, Reply], None] | None = None,
    ) -> None:
        self.provider = provider
        self.store = store
        self.tell = tell
        self.told: set[str] = set()
        self.name = provider.name

    def missing(self, requests: Sequence[Request]) -> list[Request]:
        """Those that would be asked for, each once."""
        different = {request.key: request for request in requests}
        return [one for key, one in different.items() if self.store.get(key) is None]

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request; a new one is on the disk before it is handed on."""
        with self.store.alone(requests):
            self._recall(requests)
            missing = {request.key: request for request in self.missing(requests)}
            for request in requests:
                reply = None if request.key in missing else self.store.get(request.key)
                if reply is not None:
                    yield reply
            times = Counter(request.key for request in requests)
            for reply in self.provider.complete(list(missing.values())) if missing else ():
                if reply.finish not in UNDECIDED:
                    self.store.add(missing[reply.key], reply)
                yield from [reply] * times[reply.key]

    def _recall(self, requests: Sequence[Request]) -> None:
        new = {one.key: one for one in requests if one.key not in self.told}
        self.told.update(new)
        if self.tell:
            for reply in self.store.paid(new):
                self.tell(new[reply.key], reply)


class Direct:
    """Everything is asked for each time, for a provider that answers at once and for nothing."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.name = provider.name

    def missing(self, requests: Sequence[Request]) -> list[Request]:
        """All different requests."""
        return list({request.key: request for request in requests}.values())

    def complete(self, requests: Sequence[Request]) -> Iterable[Reply]:
        """One reply a request."""
        return self.provider.complete(requests)


@dataclass(frozen=True)
class Cap:
    """What may be spent in all, by this run and those before. money: in the list's currency."""

    tokens: float = math.inf
    money: float = math.inf

    def __str__(self) -> str:
        limits = {"tokens": self.tokens, "money": self.money}
        return ", ".join(f"{name} {limit:g}" for name, limit in limits.items() if limit < math.inf)


class Capped:
    """Counts what replies cost, and asks for nothing that could pass the cap.

    Asks in rounds: as many requests as fit when each costs the most it can; what they turn out
    to leave is spent in the next round.
    """

    def __init__(self, provider: Provider, meter: Meter, cap: Cap) -> None:
        self.provider = provider
        self.meter = meter
        self.cap = cap
        self.name = provider.name
        self.before = Meter(meter.price, meter.batch)  # what earlier runs paid
        self.aside = (0, 0)  # tokens that what is under way may cost at most
        self.repeats: Counter[str] = Counter()  # attempts that were set aside later, by key
        self.lock = threading.Lock()

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request; `unasked` where the cap leaves no room."""
        left = list(requests)
        reason = f"stopped before the cap ({self.cap}) would be passed"
        while size := self._room(left):
            asked = {request.key: request for request in left[:size]}
            self.aside = add_up(map(self.meter.most, left[:size]))
            left, open_ended = left[size:], False
            for reply in self.provider.complete(list(asked.values())):
                self._settle(asked[reply.key], reply)
                open_ended |= reply.finish == "pending"
                yield reply
            if open_ended:
                reason = "left for a later run: what was sent has no known cost yet"
                break
        for request in left:
            yield unasked(request, reason)

    def remember(self, request: Request, reply: Reply) -> None:
        """Count `reply`, which an earlier run paid for."""
        self.before.add(request, reply)

    def may_ask(self, request: Request) -> bool:
        """Whether there is still room for `request`: others may have passed their bounds."""
        with self.lock:
            return self._fits(add_up([self.aside, self._spent()]))

    def may_repeat(self, request: Request) -> bool:
        """Whether there is room for one more attempt at `request`; if so, it is set aside."""
        with self.lock:
            aside = add_up([self.aside, self.meter.most(request)])
            if not self._fits(add_up([aside, self._spent()])):
                return False
            self.aside = aside
            self.repeats[request.key] += 1
            return True

    def _settle(self, request: Request, reply: Reply) -> None:
        given, written = self.meter.most(request)
        with self.lock:
            times = 1 + self.repeats.pop(request.key, 0)
            self.aside = (self.aside[0] - times * given, self.aside[1] - times * written)
            self.meter.add(request, reply)

    def _room(self, requests: Sequence[Request]) -> int:
        """How many of `requests`, from the first, fit into what is left."""
        if self.cap == Cap():
            return len(requests)
        bounds = [self._spent(), *map(self.meter.most, requests)]
        sums = itertools.accumulate(bounds, lambda a, b: (a[0] + b[0], a[1] + b[1]))
        return sum(1 for _ in itertools.takewhile(self._fits, itertools.islice(sums, 1, None)))

    def _spent(self) -> tuple[int, int]:
        return self.meter.input + self.before.input, self.meter.output + self.before.output

    def _fits(self, tokens: tuple[int, int]) -> bool:
        return sum(tokens) <= self.cap.tokens and self.meter.money(tokens) <= self.cap.money
