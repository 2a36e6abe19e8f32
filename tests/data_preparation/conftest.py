"""What tests of the data workshop share."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from data_preparation.providers.caller import Caller
from data_preparation.providers.openai_chat import connect, openai_chat
from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Provider, Reply, Request
from data_preparation.providers.store import Store

HASTY = Manners(concurrency=4, retries=3, timeout=30.0, first_wait=0.01, longest_wait=0.05)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "replies")


def chat(url: str, manners: Manners = HASTY, key: str = "secret-key") -> Caller:
    """The provider for a server on loopback."""
    return openai_chat(connect(url, key, manners), manners)


def ask(provider: Provider, asked: Sequence[Request]) -> dict[str, Reply]:
    """Replies by key; one each."""
    replies = list(provider.complete(asked))
    assert sorted(reply.key for reply in replies) == sorted(request.key for request in asked)
    return {reply.key: reply for reply in replies}
