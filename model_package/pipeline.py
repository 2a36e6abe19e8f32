"""The stages in order: paths become pictures, evidence, answers, predictions.

Knows nothing of streams, processes or rows of output. One image's trouble stays its own: a
stage that fails for a batch is tried again with halves of it, down to one image.
"""

import logging
import math
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol, TypeVar

from PIL import Image

from model_package.abreast import abreast
from model_package.evidence import Evidence, Prediction
from model_package.images import ImageError, decode_image, read_file
from model_package.memory import Memory
from model_package.policy import Policy
from model_package.profile import Profile
from model_package.row import Row, timed
from model_package.verdict import decide

log = logging.getLogger("memesieve")

In = TypeVar("In")
Out = TypeVar("Out")


class DeviceError(BaseException):
    """The GPU's state is lost to this process; only a new one can go on."""


class CanCaption(Protocol):
    """Pictures to captions, in order."""

    def caption(self, images: Sequence[Image.Image]) -> list[str]: ...


class CanRead(Protocol):
    """One picture to the text in it."""

    def read(self, image: Image.Image) -> str: ...


class CanScore(Protocol):
    """Evidence to P(yes) by `question/view`, in order."""

    def score(
        self, evidences: Sequence[Evidence], most_views: int | None = None
    ) -> list[dict[str, float]]: ...


class CanBeat(Protocol):
    """Hears which stage begins, for which row of the batch; None for all of them."""

    def __call__(self, row: int | None, stage: str) -> None: ...


def silent(row: int | None, stage: str) -> None:
    """Nobody listens to the beat."""


@dataclass(frozen=True)
class Moderator:
    """Predicts how likely memes are to be harmful. Made by `load`.

    captioner: None when the profile has none. image_root: paths that lead outside are refused.
    beat: told of each stage as it begins. lanes: pictures that may be decoded and read at once,
    which `reader` must bear; the captioner then works beside it. scorers: pieces that a batch is
    scored in, side by side. memory: of what the same bytes were answered before.
    """

    profile: Profile
    policy: Policy
    reader: CanRead
    scorer: CanScore
    captioner: CanCaption | None = None
    image_root: Path | None = None
    beat: CanBeat = silent
    lanes: int = 1
    scorers: int = 1
    memory: Memory = field(default_factory=Memory)

    def predict(
        self, paths: Sequence[str | bytes | Path], savings: Collection[str] = ()
    ) -> list[Prediction]:
        """One prediction a path, in order; a path that fails gets the policy's fallback.

        savings: of `profile.SAVINGS`, what to do without. Raises TypeError for what is no path,
        and for one path that is not in a list.
        """
        if isinstance(paths, str | bytes):
            raise TypeError("predict takes a list of paths; for one, give [path]")
        size = self.profile.batch_rows
        batches = (paths[start : start + size] for start in range(0, len(paths), size))
        return [prediction for batch in batches for prediction in self._predict(batch, savings)]

    def _predict(
        self, paths: Sequence[str | bytes | Path], savings: Collection[str]
    ) -> list[Prediction]:
        rows = [Row(os.fsdecode(path), number) for number, path in enumerate(paths)]
        self.memory.under(savings)
        self._answer(rows, {}, savings)
        self._answer([row for row in rows if row.is_open], None, savings)
        return [self._prediction(row) for row in rows]

    def _answer(
        self, rows: list[Row], firsts: dict[bytes, Row] | None, savings: Collection[str]
    ) -> None:
        """firsts: rows by their files' hashes; further ones with the same bytes stay open."""
        abreast(
            rows,
            lambda row: self._open(row, firsts),
            self.lanes,
            lambda row: self.beat(row.number, "decode"),
        )
        seen = [row for row in rows if row.image is not None]
        if seen:
            self._look(seen, savings)
            self._score(seen, 1 if "view" in savings else None)
        for row in seen:
            if row.answer is not None:
                self.memory.keep(row.key, row.answer)

    def _open(self, row: Row, firsts: dict[bytes, Row] | None) -> None:
        with timed("decode", [row]):
            try:
                data = read_file(row.path, self.profile.limits, self.image_root)
                row.key = sha256(data).digest()
                answer = self.memory.recall(row.key)
                if answer is not None:
                    row.take(answer)
                elif firsts is None or firsts.setdefault(row.key, row) is row:
                    row.image = decode_image(data, self.profile.limits)
            except ImageError as error:
                row.fallback = str(error)

    def _look(self, rows: list[Row], savings: Collection[str]) -> None:
        """Captions and text: side by side, unless what was read decides what is captioned."""
        side = self.profile.limits.small_side if "ocr_side" in savings else None
        together = self.lanes > 1 and self.captioner is not None and "caption" not in savings
        pieces: list[Row | None] = [None, *rows] if together and rows else [*rows]

        def look(piece: Row | None) -> None:
            self._caption(rows) if piece is None else self._read(piece, side)

        def beat(piece: Row | None) -> None:
            self.beat(piece.number if piece else None, "ocr" if piece else "caption")

        abreast(pieces, look, self.lanes, beat)
        if not together:
            textless = [row for row in rows if not row.ocr_text.strip()]
            self._caption_alone(textless if "caption" in savings else rows)

    def _caption_alone(self, rows: list[Row]) -> None:
        if self.captioner is not None and rows:
            self.beat(None, "caption")
            self._caption(rows)

    def _caption(self, rows: list[Row]) -> None:
        assert self.captioner is not None
        with timed("caption", rows):
            captions = attempt(self.captioner.caption, [row.image for row in rows], "caption")
        for row, caption in zip(rows, captions, strict=True):
            row.caption = caption or ""
            if caption is None:  # the reading lane may say so at the same time
                row.failed = True

    def _read(self, row: Row, side: int | None) -> None:
        """side: the picture is shrunk to this; None to leave it as it is."""
        with timed("ocr", [row]):
            [text] = attempt(lambda images: [self._text(images[0], side)], [row.image], "ocr")
        row.ocr_text = text or ""
        if text is None:
            row.failed = True

    def _text(self, image: Image.Image, side: int | None) -> str:
        if side is not None:
            image = image.copy()  # the captioner sees the whole one
            image.thumbnail((side, side), Image.Resampling.BICUBIC)
        return self.reader.read(image)

    def _score(self, rows: list[Row], most_views: int | None) -> None:
        size = -(-len(rows) // self.scorers)
        parts = [rows[start : start + size] for start in range(0, len(rows), size)]
        abreast(
            parts,
            lambda part: self._score_part(part, most_views),
            self.scorers,
            lambda _: self.beat(None, "score"),
        )

    def _score_part(self, rows: list[Row], most_views: int | None) -> None:
        with timed("score", rows):
            answers = attempt(
                lambda evidences: self.scorer.score(evidences, most_views),
                [row.evidence for row in rows],
                "score",
            )
        for row, views in zip(rows, answers, strict=True):
            if views == {}:
                row.fallback = "nothing was read or seen in it"
            elif views is None or not all(map(math.isfinite, views.values())):
                row.fallback = "scoring failed"
            else:
                row.views = views

    def _prediction(self, row: Row) -> Prediction:
        proba, label = decide(self.profile, self.policy, row.views)
        return Prediction(
            row.path, proba, label, row.evidence, row.views, row.fallback, row.seconds
        )


def attempt(
    stage: Callable[[list[Any]], list[Out]], items: list[In], name: str
) -> list[Out | None]:
    """`stage(items)`; where that fails, each half alone, down to None for one that fails alone."""
    try:
        return list(stage(items)) if items else []
    except Exception as error:  # the message may quote a meme, so only its kind is logged
        if _is_lost(error):
            raise DeviceError from None
        if len(items) == 1:
            log.warning("stage %s failed for one image: %s", name, type(error).__name__)
            return [None]
    half = len(items) // 2
    return attempt(stage, items[:half], name) + attempt(stage, items[half:], name)


def is_passing(error: Exception) -> bool:
    """Whether it may work another time: memory was short, or the GPU's state was lost."""
    return isinstance(error, MemoryError) or _is_short(error) or _is_lost(error)


def _is_short(error: Exception) -> bool:
    return type(error).__name__ == "OutOfMemoryError" or "ALLOC_FAILED" in str(error)


def _is_lost(error: Exception) -> bool:
    named = type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error)
    return named and not _is_short(error)
