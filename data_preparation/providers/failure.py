"""What an exception of the OpenAI client means: whether to ask again, and when.

Knows nothing of requests or replies.
"""

import email.utils
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2
import openai

from data_preparation.providers.wire import MalformedError

AGAIN = {408, 409, 425, 429}  # and every 5xx
HOPELESS = {401, 402, 404}  # the key, the account or the model: no other request fares better


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


def understand(error: Exception) -> Failure:
    """What `error` says about the attempt that raised it."""
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    if isinstance(error, openai.APITimeoutError):
        return Failure("no answer in time", again=True, lost=not _unsent(error))
    if isinstance(error, openai.APIConnectionError):
        why = f"the connection failed: {error.__cause__ or error}"
        return Failure(why, again=True, lost=not _unsent(error), hopeless=_unsent(error))
    if isinstance(error, (MalformedError, httpx2.HTTPError)):
        return Failure(str(error) or type(error).__name__, again=True, lost=True)
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


def _status(error: openai.APIStatusError) -> Failure:
    code = error.status_code
    broke = getattr(error, "code", None) == "insufficient_quota"
    said = str(error.message).removeprefix(f"Error code: {code} - ")
    return Failure(
        f"status {code}: {' '.join(said.split())[:200]}",
        again=(code in AGAIN or code >= 500) and not broke,
        wait=retry_after(error.response.headers),
        hopeless=code in HOPELESS or broke,
    )


def _unsent(error: Exception) -> bool:
    """Whether the server was never reached, so that nothing can have been billed."""
    return isinstance(error.__cause__, (httpx2.ConnectError, httpx2.ConnectTimeout))
