"""A worker whose stages cost nothing, and which reads no file; all the rest is the real one."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from model_package import worker
from model_package.evidence import Evidence, Prediction
from model_package.pipeline import Moderator
from model_package.policy import load_policy
from model_package.profile import load_profile

WORDS = Evidence("a picture of something", "WORDS AT THE TOP\nAND AT THE BOTTOM")


class Idle(Moderator):
    """Answers at once."""

    def predict(
        self, paths: Sequence[str | bytes | Path], savings: Collection[str] = ()
    ) -> list[Prediction]:
        """The same answer to each."""
        return [Prediction(str(path), 0.25, 0, WORDS, {"harmful/text": 0.25}) for path in paths]


def load(profile: str, **_: Any) -> Moderator:
    """What `model_package.loading.load` would give, without models."""
    settings: Any = load_profile(profile)
    nobody: Any = None
    return Idle(settings, load_policy(settings.policy), nobody, nobody)


if __name__ == "__main__":
    setattr(worker, "load", load)  # noqa: B010 - mypy knows the name as another function
    worker.main()
