"""The pocket moderator, loaded once."""

import pytest

from model_package import Moderator, load


@pytest.fixture(scope="session")
def pocket() -> Moderator:
    """The committed profile, on the CPU."""
    return load("pocket", device="cpu")
