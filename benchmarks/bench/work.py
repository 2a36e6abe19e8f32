"""What a meme asks of the machine: operations and bytes of each stage, counted on a real one.

The floor of a stage is the larger of its operations over the measured rate and its bytes over
the measured bandwidth. Operations are those of matrix products and convolutions; bytes are the
weights, once a forward pass.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, prod
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import rapidocr
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from model_package.evidence import Evidence
from model_package.ocr_rapid import MODELS
from model_package.ocr_shrink import CROP_HEIGHT, LEAST_WIDTH, detector_size
from model_package.pipeline import Moderator


@dataclass(frozen=True)
class Work:
    """Of one meme in one stage."""

    operations: float
    bytes: float

    def floor(self, rate: float, bandwidth: float) -> float:
        """Seconds that no program on this machine goes below."""
        return max(self.operations / rate, self.bytes / bandwidth)


def of(moderator: Any, images: Sequence[Image.Image], texts: Sequence[str]) -> dict[str, Work]:
    """The mean meme's work in `ocr`, `caption` and `score`."""
    count = len(images)
    found = {"ocr": _ocr(moderator, images)}
    if moderator.captioner is not None:
        model = moderator.captioner.model
        flops = _counted(lambda: moderator.captioner.caption(list(images)))
        passes = ceil(count / moderator.captioner.settings.batch)
        steps = moderator.captioner.settings.max_new_tokens
        found["caption"] = Work(flops / count, _bytes(model) * (passes * steps + count) / count)
    evidences = [Evidence("a picture", text) for text in texts]
    flops = _counted(lambda: moderator.scorer.score(evidences))
    views = len(moderator.policy.views) * len(moderator.policy.questions)
    found["score"] = Work(flops / count, _bytes(moderator.scorer.model) * views)
    return found


def _counted(work: Any) -> float:
    work()  # what is computed once and kept does not count
    products: dict[Any, Any] = {torch.ops.mkldnn._linear_pointwise: _product}  # see swift.py
    with FlopCounterMode(display=False, custom_mapping=products) as counter:
        work()
    return float(counter.get_total_flops())


def _product(given: Sequence[int], *_: Any, out_shape: Sequence[int], **__: Any) -> int:
    """By the shapes of what goes in and of what comes out."""
    return 2 * prod(out_shape) * given[-1]


def _bytes(model: Any) -> float:
    held = [*model.parameters(), *model.buffers()]
    table = model.get_input_embeddings().weight  # of which a prompt reads a few rows
    return float(sum(one.numel() * one.element_size() for one in held if one is not table))


def _ocr(moderator: Moderator, images: Sequence[Image.Image]) -> Work:
    """By the networks of RapidOCR; what Tesseract and OpenCV compute is not counted."""
    folder = Path(rapidocr.__file__).parent / "models"
    side, total, read = moderator.profile.ocr.max_side, 0.0, 0.0
    for image in images:
        width, height = detector_size(*image.size, side)
        crops = [_crop_width(line) for line in moderator.reader.lines(image)]  # type: ignore[attr-defined]
        shapes = {"Det": [(height, width)], "Rec": [(CROP_HEIGHT, one) for one in crops]}
        for part, name in MODELS.items():
            for shape in shapes[part]:
                total += _onnx(folder / name, shape)
                read += (folder / name).stat().st_size
    return Work(total / len(images), read / len(images))


def _crop_width(line: Any) -> int:
    return max(LEAST_WIDTH, ceil(float(CROP_HEIGHT * line.width / max(1, line.height))))


def _onnx(model: Path, shape: tuple[int, int]) -> float:
    """Operations of one run of `model` on a picture of `shape`, by ONNX Runtime's own profile."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.enable_profiling = True
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.profile_file_prefix = f"{folder}/profile"
        session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        session.run(None, {name: np.zeros((1, 3, *shape), np.float32)})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return sum(_node(event["args"]) for event in events if "output_type_shape" in event["args"])


def _node(told: dict[str, Any]) -> float:
    """2 x outputs x what is added up for each of them."""
    ins, outs = (
        [next(iter(one.values())) for one in told[f"{way}_type_shape"]]
        for way in ("input", "output")
    )
    kind = told.get("op_name", "")
    if kind == "ConvTranspose":  # doubles both sides by 2 x 2 kernels, which do not overlap
        return float(2 * prod(outs[0]) * ins[0][1])
    if kind == "Conv":
        return float(2 * prod(outs[0]) * prod(ins[1][1:]))
    if kind in ("MatMul", "Gemm", "FusedMatMul"):
        return float(2 * prod(outs[0]) * ins[0][-1])
    return 0.0
