"""What an exception of the OpenAI client means: whether to ask again, and when.

Knows nothing of requests or replies.
"""

import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx2
import openai

from data_preparation.providers.secret import shorten
from data_preparation.providers.wire import MalformedError

AGAIN = {408, 409, 425, 429}  # and every 5xx
HOPELESS = {401, 402, 404}  # the key, the account or the model: no other request fares better


class StatusError(Exception):
    """An endpoint that the OpenAI client does not speak to answered with an error."""

    def __init__(self, status: int, message: str, wait: float) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait


@dataclass(frozen=True)
class Failure:
    """One failed attempt.

    again: whether another attempt may succeed. wait: seconds that the server asked for.
    lost: whether the attempt may have been billed. hopeless: whether all others fail too.
    """

    reason: str
    again: bool = False
    wait: float = 0.0
    lost: bool = False
    hopeless: bool = False


def understand(error: Exception, secret: str) -> Failure:
    """What `error` says about the attempt that raised it; its reason never shows `secret`."""
    failure = _read(error)
    return replace(failure, reason=shorten(failure.reason, secret))


def _read(error: Exception) -> Failure:
    if isinstance(error, openai.APIStatusError):
        broke = getattr(error, "code", None) == "insufficient_quota"
        said = str(error.message).removeprefix(f"Error code: {error.status_code} - ")
        return _status(error.status_code, said, retry_after(error.response.headers), broke)
    if isinstance(error, StatusError):
        return _status(error.status, str(error), error.wait)
    if isinstance(error, MalformedError):
        return Failure(str(error), again=True, lost=True)
    if isinstance(error, (openai.APIConnectionError, httpx2.HTTPError)):
        return _connection(error)
    return Failure(f"{type(error).__name__}: {error}", lost=True)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a server's Retry-After asks for, as a number or a date; 0 without one."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text)) if text else 0.0
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0.0


def _status(code: int, said: str, wait: float, broke: bool = False) -> Failure:
    return Failure(
        f"status {code}: {said}",
        again=(code in AGAIN or code >= 500) and not broke,
        wait=wait,
        hopeless=code in HOPELESS or broke,
    )


def _unsent(error: Exception) -> bool:
    """Whether the server was never reached, so that nothing can have been billed."""
    never = (httpx2.ConnectError, httpx2.ConnectTimeout)
    return isinstance(error, never) or isinstance(error.__cause__, never)


def _connection(error: Exception) -> Failure:
    if _unsent(error):
        why = f"the connection failed: {error.__cause__ or error}"
        return Failure(why, again=True, hopeless=True)
    if isinstance(error, (openai.APITimeoutError, httpx2.TimeoutException)):
        return Failure("no answer in time", again=True, lost=True)
    return Failure(f"the connection failed: {error.__cause__ or error}", again=True, lost=True)
