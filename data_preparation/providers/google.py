"""Google Cloud Translation, version 2 (Basic), by its REST interface and an API key.

The last message of a request is the text to translate; its task names the languages. Billed by
the character: characters stand as tokens. Knows nothing of records.
"""

from typing import Any

import httpx2

from data_preparation.providers.caller import Caller
from data_preparation.providers.failure import StatusError, retry_after
from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.wire import MalformedError, decode

URL = "https://translation.googleapis.com"
PATH = "/language/translate/v2"
CODES = {"zh": "zh-CN"}  # where Google's code is not ours


def google_translate(url: str | None, key: str, manners: Manners) -> Caller:
    """A provider of translations."""
    client = httpx2.Client(timeout=manners.timeout, headers={"X-Goog-Api-Key": key})

    def ask(request: Request) -> Reply:
        response = client.post(f"{(url or URL).rstrip('/')}{PATH}", json=_body(request))
        if response.status_code != 200:
            raise _refused(response)
        return _read(request, _json(response))

    return Caller("google", ask, key, manners)


def _body(request: Request) -> dict[str, str]:
    task = request.task
    languages = {"source": task["from"], "target": task["language"]}
    codes = {name: CODES.get(language, language) for name, language in languages.items()}
    return {"q": request.messages[-1]["content"], **codes, "format": "text"}


def _read(request: Request, values: Any) -> Reply:
    try:
        text = values["data"]["translations"][0]["translatedText"]
    except (KeyError, IndexError, TypeError) as error:
        raise MalformedError("the answer holds no translation") from error
    if not isinstance(text, str):
        raise MalformedError("the answer's translation is not text")
    return Reply(request.key, text, input_tokens=len(request.messages[-1]["content"]))


def _json(response: httpx2.Response) -> Any:
    try:
        return decode(response.content)
    except (ValueError, RecursionError) as error:
        raise MalformedError("the answer is not JSON") from error


def _refused(response: httpx2.Response) -> StatusError:
    """Google says 403 to those who ask too fast, where others say 429."""
    said, status = _message(response), response.status_code
    fast = status == 403 and "limit exceeded" in said.casefold()
    return StatusError(429 if fast else status, said, retry_after(response.headers))


def _message(response: httpx2.Response) -> str:
    try:
        return str(decode(response.content)["error"]["message"])
    except (ValueError, RecursionError, KeyError, TypeError):
        return response.text
