"""A worker whose stages after decoding cost nothing; all the rest is the real one."""

from collections.abc import Sequence
from typing import Any

from PIL import Image

from model_package import worker
from model_package.evidence import Evidence
from model_package.pipeline import Moderator
from model_package.policy import load_policy
from model_package.profile import load_profile

CAPTION, WORDS = "a picture of something", "WORDS AT THE TOP\nAND AT THE BOTTOM"


class Idle:
    """In the place of all three stages: the same answer to each picture."""

    def caption(self, images: Sequence[Image.Image]) -> list[str]:
        """One caption an image."""
        return [CAPTION] * len(images)

    def read(self, image: Image.Image) -> str:
        """The same words."""
        return WORDS

    def score(
        self, evidences: Sequence[Evidence], most_views: int | None = None
    ) -> list[dict[str, float]]:
        """One view."""
        return [{"harmful/text": 0.25} for _ in evidences]


def load(profile: str, **_: Any) -> Moderator:
    """What `model_package.loading.load` would give, without models."""
    settings, idle = load_profile(profile), Idle()
    return Moderator(settings, load_policy(settings.policy), idle, idle, idle)


if __name__ == "__main__":
    setattr(worker, "load", load)  # noqa: B010 - mypy knows the name as another function
    worker.main()
