"""Runs a network of RapidOCR by ONNX Runtime; knows nothing of pictures.

All networks of a process take their memory from one pool. Pools of their own would double, each
of them, whenever a picture came that was larger than all before it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
LOADING = threading.Lock()
ROOM = 2**29  # bytes that the pool has at first: addresses, which are memory once they are used


@dataclass(frozen=True)
class Network:
    """run: what it makes of its input. notes: what its file says of it."""

    run: Callable[[Array], Array]
    notes: dict[str, str]


def load_network(file: Path, threads: int) -> Network:
    """The network in an ONNX file with one input and one output, on so many threads.

    There is one of a file, which several threads may run at once.
    """
    with LOADING:  # a cache alone lets two threads make two
        return _load(file, threads)


@cache
def _load(file: Path, threads: int) -> Network:
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a moment

    _make_pool()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # nothing: a warning would be one on stderr
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.use_env_allocators", "1")
    # A plan for each size of pictures asks for one piece, which fits nowhere but at the end.
    options.enable_mem_pattern = False
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    [name] = [one.name for one in session.get_inputs()]

    def run(given: Array) -> Array:
        return np.asarray(session.run(None, {name: given})[0], np.float32)

    return Network(run, dict(session.get_modelmeta().custom_metadata_map))


@cache
def _make_pool() -> None:
    """Once in a process."""
    import onnxruntime  # noqa: PLC0415

    kind, use = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, onnxruntime.OrtMemType.DEFAULT
    place = onnxruntime.OrtMemoryInfo("Cpu", kind, 0, use)
    own = onnxruntime.OrtArenaCfg({"initial_chunk_size_bytes": ROOM})
    onnxruntime.create_and_register_allocator(place, own)
