"""What is asked of a provider and what comes back; knows nothing of any provider.

A provider has one method, `complete(requests) -> replies`: one reply a request, in any order,
each as soon as it is there. A request that fails is a reply with its reason, never an exception.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Protocol

Message = Mapping[str, Any]  # {"role": ..., "content": text, or a list of OpenAI content parts}
Setting = str | int | float | bool


@dataclass(frozen=True)
class Request:
    """One chat completion to ask for.

    messages: the chat so far, in OpenAI's form. settings: sampling and limits by OpenAI's names
    (`temperature`, `top_p`, `max_tokens`, `seed`, `logprobs`, ...). run: tells apart requests
    that are otherwise the same, so that asking again gives another reply.
    task: what the request is for, in plain words (`{"stage": "generate", "key": "race_harmful",
    "language": "ta", "count": "5"}`); providers that write by rule read it, others pass it over.
    """

    model: str
    messages: tuple[Message, ...]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    run: int = 0
    task: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything that could change the reply: its name on disk."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Reply:
    """What came back for the request with `key`.

    finish: why it ended, by OpenAI's names (`stop`, `length`, `content_filter`), or `refusal`,
    or `unasked` where nothing was sent (a cap was met, or the run was stopped before), or
    `pending` where it was sent, and the answer may be fetched by a later run.
    error: why there is no answer; None when there is one. input_tokens, output_tokens: as billed.
    logprobs: of each answer token, where they were asked for, in OpenAI's form.
    lost: attempts before this one that may have been billed and brought no answer.
    """

    key: str
    text: str = ""
    finish: str = "stop"
    error: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    logprobs: tuple[Mapping[str, Any], ...] = ()
    lost: int = 0


class Provider(Protocol):
    """Something that answers requests."""

    name: str

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply] | Iterable[Reply]:
        """One reply a request, in any order, each as soon as it is there."""


def unasked(request: Request, reason: str) -> Reply:
    """The reply to a request that was never sent."""
    return Reply(request.key, finish="unasked", error=reason)
