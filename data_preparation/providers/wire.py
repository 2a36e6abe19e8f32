"""OpenAI's chat format: a request as the body to send, a body that came back as a reply.

Knows nothing of how either travels.
"""

import json
from typing import Any

from data_preparation.providers.request import Reply, Request


class MalformedError(Exception):
    """What came back is no chat completion; asking again may help."""


def body(request: Request) -> dict[str, Any]:
    """The JSON body that asks for `request`."""
    messages = [dict(message) for message in request.messages]
    return {"model": request.model, "messages": messages, **request.settings}


def read_completion(key: str, content: bytes | str) -> Reply:
    """The reply in the body `content`; a `MalformedError` where there is none."""
    try:
        values = decode(content)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the answer is not JSON: {_shown(content)}") from error
    return from_completion(key, values)


def decode(content: bytes | str) -> Any:
    """The JSON in `content`, each of its strings as `mend` leaves it."""
    return json.loads(mend(json.dumps(json.loads(content), ensure_ascii=False)))


def mend(text: str) -> str:
    """`text` with U+FFFD for half a surrogate pair, which no file can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def from_completion(key: str, values: Any) -> Reply:
    """The reply in a decoded chat completion."""
    choice = _choice(values)
    message = _table(choice.get("message"))
    refusal = message.get("refusal")
    usage = _table(values.get("usage"))
    return Reply(
        key=key,
        text=refusal if isinstance(refusal, str) and refusal else _text(message.get("content")),
        finish="refusal" if refusal else str(choice.get("finish_reason") or "stop"),
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
        logprobs=_logprobs(choice),
    )


def _choice(values: Any) -> dict[str, Any]:
    if not isinstance(values, dict):
        raise MalformedError("the answer is not a JSON object")
    if values.get("error"):
        raise MalformedError(f"the answer holds an error: {json.dumps(values['error'])}")
    choices = values.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise MalformedError("the answer has no choices")
    if not isinstance(choices[0].get("message"), dict):
        raise MalformedError("the answer's first choice has no message")
    return choices[0]


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    if content is None or isinstance(content, str):
        return content or ""
    raise MalformedError("the answer's content is not text")


def _logprobs(choice: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    tokens = _table(choice.get("logprobs")).get("content")
    if not isinstance(tokens, list):
        return ()
    return tuple(token for token in tokens if isinstance(token, dict))


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0


def _shown(content: bytes | str) -> str:
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return text.strip() or "(empty)"
