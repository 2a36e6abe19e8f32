"""Stages that assert what they are given, for tests of what joins them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

from model_package.evidence import Evidence


@dataclass
class FakeCaptioner:
    """Captions are sizes; fails on any batch that holds a picture `poison` pixels wide."""

    poison: int = -1
    batches: list[int] = field(default_factory=list)

    def caption(self, images: Sequence[Image.Image]) -> list[str]:
        assert all(image.mode == "RGB" for image in images)
        self.batches.append(len(images))
        if any(image.width == self.poison for image in images):
            raise RuntimeError("a secret caption")
        return [f"{image.width}x{image.height}" for image in images]


@dataclass
class FakeReader:
    """Reads the width as a word; nothing from pictures 1 pixel wide."""

    poison: int = -1

    def read(self, image: Image.Image) -> str:
        if image.width == self.poison:
            raise RuntimeError("secret words")
        return "" if image.width == 1 else f"wide {image.width}"


@dataclass
class FakeScorer:
    """P(yes) is the picture's width in hundredths."""

    poison: str = "never"
    batches: list[int] = field(default_factory=list)
    views: list[int | None] = field(default_factory=list)

    def score(
        self, evidences: Sequence[Evidence], most_views: int | None = None
    ) -> list[dict[str, float]]:
        self.views.append(most_views)
        self.batches.append(len(evidences))
        if any(self.poison in evidence.caption for evidence in evidences):
            raise RuntimeError("a secret prompt")
        return [
            {"harmful/text": int(one.caption.split("x")[0]) / 100} if one.caption else {}
            for one in evidences
        ]
