"""Any OpenAI-compatible endpoint, asked through the official client.

Knows nothing of retries, prices or what the requests are for.
"""

import openai

from data_preparation.providers.caller import Caller
from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.wire import body, read_completion


def connect(base_url: str | None, key: str, manners: Manners) -> openai.OpenAI:
    """A client that leaves all retrying to its caller."""
    return openai.OpenAI(
        base_url=base_url or None, api_key=key, timeout=manners.timeout, max_retries=0
    )


def openai_chat(client: openai.OpenAI, manners: Manners) -> Caller:
    """A provider of chat completions."""

    def ask(request: Request) -> Reply:
        settings = body(request)
        answer = client.chat.completions.with_raw_response.create(
            model=settings.pop("model"), messages=settings.pop("messages"), extra_body=settings
        )
        return read_completion(request.key, answer.http_response.content)

    return Caller("openai", ask, client.api_key, manners)
