"""Runs a network of RapidOCR by ONNX Runtime; knows nothing of pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
LEAN = {"arena_extend_strategy": "kSameAsRequested"}  # takes no more memory than it needs


@dataclass(frozen=True)
class Network:
    """run: what it makes of its input. notes: what its file says of it."""

    run: Callable[[Array], Array]
    notes: dict[str, str]


def load_network(file: Path, threads: int) -> Network:
    """The network in an ONNX file with one input and one output, on so many threads."""
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a moment

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # nothing: a warning would be one on stderr
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    providers = [("CPUExecutionProvider", LEAN)]
    session = onnxruntime.InferenceSession(file, options, providers=providers)
    [name] = [one.name for one in session.get_inputs()]

    def run(given: Array) -> Array:
        return np.asarray(session.run(None, {name: given})[0], np.float32)

    return Network(run, dict(session.get_modelmeta().custom_metadata_map))
