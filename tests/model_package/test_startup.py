"""What is imported on the way to an answer; no clock, so no flakes.

The parent takes no library at all, and the worker of a plain profile none that only training or
other machines need.
"""

import os
import re
import select
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from model_package import lean
from model_package.options import Options
from model_package.process import WorkerProcess

IMPORTED = re.compile(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", re.MULTILINE)
LIBRARIES = set(
    "torch transformers tokenizers safetensors numpy PIL rapidocr onnxruntime cv2 tesserocr "
    "huggingface_hub yaml requests jinja2".split()
)
FOR_TRAINING = set(
    "gptqmodel optimum accelerate peft trl bitsandbytes torchao torchvision sklearn scipy pandas "
    "matplotlib datasets pyarrow sacrebleu rouge_score sentence_transformers tensorboard ray "
    "datasketch openai tomlkit data_preparation local_test training_pipeline benchmarks".split()
)
PATIENCE = 120  # seconds for the worker to say something


def imported(report: str) -> set[str]:
    """The packages in a report of `python -X importtime`."""
    return {name.partition(".")[0] for name in IMPORTED.findall(report)}


@pytest.mark.parametrize(
    ("flags", "code"),
    [(["--help"], 0), (["--no-such-flag"], 2), (["--device", "abacus"], 2), (["--profile"], 2)],
)
def test_the_parent_answers_without_any_library(flags: list[str], code: int) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "model_package", *flags]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == code
    found = imported(ended.stderr)
    assert found >= {"argparse", "model_package"}
    assert found & (LIBRARIES | FOR_TRAINING) == set()
    ours = {"model_package", "org"}  # pickle asks for Jython's org.python
    assert found - sys.stdlib_module_names - ours <= _every_python()


def _every_python() -> set[str]:
    """What this environment's Python imports by itself, through .pth files."""
    command = [sys.executable, "-X", "importtime", "-c", ""]
    return imported(subprocess.run(command, capture_output=True, text=True, check=True).stderr)


def test_the_worker_takes_nothing_that_only_training_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The real worker, up to its first row."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    report: list[str] = []
    reader: list[threading.Thread] = []

    def follow(printed: int) -> None:
        def read() -> None:
            with os.fdopen(printed, encoding="utf-8", errors="replace") as source:
                report.append(source.read())

        reader.append(threading.Thread(target=read))
        reader[0].start()

    worker = WorkerProcess(Options(device="cpu"), follow)
    try:
        rows = _first_rows(worker, "local_test/test_images")
    finally:
        worker.end()
        reader[0].join()
    assert len(rows) == 1
    assert rows[0]["fallback"] is None
    found = imported(report[0])
    assert found >= {"torch", "transformers", "rapidocr", "model_package"}
    assert found & FOR_TRAINING == set()


def _first_rows(worker: WorkerProcess, folder: str) -> list[dict[str, Any]]:
    path = str(min(Path(folder).glob("*.png")).resolve())
    worker.send({"paths": [path], "savings": []})
    message: dict[str, Any] = {}
    while "rows" not in message:
        select.select([worker], [], [], PATIENCE)
        message = worker.receive()
        assert "refused" not in message
    return list(message["rows"])


@pytest.mark.parametrize(("kernel", "hidden"), [("unpack", True), ("gptqmodel", False)])
def test_only_plain_weights_do_without_the_optional_packages(kernel: str, hidden: bool) -> None:
    code = (
        "import importlib.util, sys; from model_package import lean; lean.hide(sys.argv[1]); "
        "print(all(importlib.util.find_spec(name) is None for name in lean.UNNEEDED))"
    )
    told = subprocess.check_output([sys.executable, "-c", code, kernel], text=True)
    installed = any(find_spec(name) is not None for name in lean.UNNEEDED)
    assert told.strip() == str(hidden or not installed)
