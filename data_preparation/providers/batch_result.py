"""What a batch's output and error files say, as replies; knows nothing of the network."""

import json
from collections.abc import Iterator
from typing import Any

from data_preparation.providers.request import Reply
from data_preparation.providers.wire import MalformedError, from_completion


def read_results(content: str) -> Iterator[Reply]:
    """The replies in an output or error file; a line that names no request is passed over."""
    for line in content.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("custom_id"), str):
            yield _reply(row["custom_id"], row)


def why_no_answer(batch: Any) -> str:
    """Why an ended batch may lack answers, in its own words where it has any."""
    errors = getattr(batch.errors, "data", None) or []
    said = "; ".join(str(error.message) for error in errors[:3])
    return f"the batch {batch.status} without this answer" + (f": {said}" if said else "")


def _reply(key: str, row: dict[str, Any]) -> Reply:
    response = row.get("response")
    if not isinstance(response, dict):
        return Reply(key, error=f"in the batch: {_message(row.get('error'))}")
    if response.get("status_code") != 200:
        said = _message((response.get("body") or {}).get("error"))
        return Reply(key, error=f"in the batch: status {response.get('status_code')}: {said}")
    try:
        return from_completion(key, response.get("body"))
    except MalformedError as error:
        return Reply(key, error=f"in the batch: {error}")


def _message(error: Any) -> str:
    if isinstance(error, dict):
        error = error.get("message") or error.get("code")
    return " ".join(str(error or "no reason given").split())[:200]
