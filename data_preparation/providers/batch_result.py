"""What a batch's output and error files say, as replies; knows nothing of the network."""

from collections.abc import Iterator
from typing import Any

from data_preparation.providers.request import Reply
from data_preparation.providers.secret import shorten
from data_preparation.providers.wire import MalformedError, decode, from_completion


def read_results(content: str, secret: str) -> Iterator[Reply]:
    """The replies in an output or error file; a line that names no request is passed over.

    secret: what no reply's reason may show.
    """
    for line in content.splitlines():
        try:
            row = decode(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and isinstance(row.get("custom_id"), str):
            yield _reply(row["custom_id"], row, secret)


def why_no_answer(batch: Any, secret: str) -> str:
    """Why an ended batch may lack answers, in its own words where it has any."""
    errors = getattr(batch.errors, "data", None) or []
    said = "; ".join(str(error.message) for error in errors[:3])
    why = f"the batch {batch.status} without this answer"
    return shorten(f"{why}: {said}" if said else why, secret)


def _reply(key: str, row: dict[str, Any], secret: str) -> Reply:
    response = row.get("response")
    try:
        if not isinstance(response, dict):
            raise MalformedError(_message(row.get("error")))
        if response.get("status_code") != 200:
            body = response.get("body")
            said = _message(body.get("error") if isinstance(body, dict) else body)
            raise MalformedError(f"status {response.get('status_code')}: {said}")
        return from_completion(key, response.get("body"))
    except MalformedError as error:
        return Reply(key, error=shorten(f"in the batch: {error}", secret))


def _message(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("message") or error.get("code")
    return str(error or "no reason given")
