"""One meme on its way through the stages; knows none of them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from PIL import Image

from model_package.evidence import Evidence
from model_package.memory import Answer


@dataclass(eq=False)
class Row:
    """`number` is its place in the batch, from 0.

    key: the hash of its file's bytes. failed: some stage, so that another try may fare better.
    """

    path: str
    number: int
    key: bytes = b""
    image: Image.Image | None = None
    caption: str = ""
    ocr_text: str = ""
    views: dict[str, float] = field(default_factory=dict)
    fallback: str | None = None
    failed: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def evidence(self) -> Evidence:
        """What the language model is shown of it."""
        return Evidence(self.caption, self.ocr_text)

    @property
    def is_open(self) -> bool:
        """Whether nothing is known of it yet."""
        return self.image is None and not self.views and self.fallback is None

    @property
    def answer(self) -> Answer | None:
        """What stands for any file with the same bytes; None where a stage failed."""
        sound = self.views and not self.failed and self.fallback is None
        return Answer(self.evidence, dict(self.views)) if sound else None

    def take(self, answer: Answer) -> None:
        """Be answered as another file with the same bytes was."""
        self.caption, self.ocr_text = answer.evidence.caption, answer.evidence.ocr_text
        self.views = dict(answer.views)


@contextmanager
def timed(stage: str, rows: Sequence[Row]) -> Iterator[None]:
    """Note the seconds spent inside, shared evenly among `rows`."""
    start = time.perf_counter()
    yield
    share = (time.perf_counter() - start) / max(1, len(rows))
    for row in rows:
        row.seconds[stage] = round(share, 6)
