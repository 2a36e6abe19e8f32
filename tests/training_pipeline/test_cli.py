"""The verbs' command lines: quick help, flags between settings, one line for a user's mistake."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from model_package.errors import UserError
from model_package.weights import write_lock
from training_pipeline import ladder, merge, pretrain, quantize, train
from training_pipeline.cli import Job, command, main, parse
from training_pipeline.recipe import load_recipe

IMPORTS = "train, merge, quantize, ladder, rows, plot, processes"


def test_help_imports_no_torch() -> None:
    code = (
        f"import sys; from training_pipeline import {IMPORTS}; "
        "assert not {'torch', 'transformers', 'trl', 'peft', 'matplotlib'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_flags_may_stand_between_settings(tmp_path: Path) -> None:
    given = ["train.epochs=3", "--recipe", "smoke", "--records", "a.jsonl"]
    job = parse("train", [*given, "seed=7", "--runs", str(tmp_path), "--records", "b.jsonl"])
    assert (job.recipe.train.epochs, job.recipe.seed) == (3, 7)
    assert job.records == (Path("a.jsonl"), Path("b.jsonl"))
    assert job.folder("train") == tmp_path / "smoke" / "train"


SMOKE = ["--recipe", "smoke"]
POCKET = ["--recipe", "pocket", "mix=[]", "records=[]", "warm_start.lines=[]"]


def run(verb: str, *flags: str) -> int:
    works: dict[str, Callable[[Job], object]] = {
        "train": train.train,
        "quantize": quantize.quantize,
        "ladder": ladder.climb,
        "merge": merge.merge,
    }
    return main(verb, works[verb], ["--recipe", "ospc", *flags])


@pytest.mark.parametrize(
    ("verb", "flags", "reason"),
    [
        ("train", ["base=gone"], "base model gone: no model is there"),
        (
            "ladder",
            ["base=gone"],
            "give the folder of one by base=FOLDER (make weights: BASE_MODEL",
        ),
        ("ladder", [*POCKET, "held=['gone.jsonl']"], "gone.jsonl does not exist, which the recipe"),
        (
            "ladder",
            [*SMOKE, "lm.registers=2", "--records", "more.jsonl"],
            "[warm_start] wants a register a source: lm.registers=3",
        ),
        ("train", ["adapter.kind=dora"], "kind 'dora' is unknown; use full, lora, qlora"),
        ("train", ["train.views=both"], "views 'both' is unknown; use turns or all"),
        ("train", ["train.batch=0"], "batch cannot be 0; the least is 1"),
        ("train", ["base="], "name a model to begin with by `base`, or give [lm] and [pretrain]"),
        ("merge", [], "holds no finished run; run train first"),
        ("quantize", [], "holds no finished run; run merge first"),
        ("quantize", ["--model", "gone"], "--model wants --output FOLDER"),
        (
            "quantize",
            ["--model", "gone", "--output", "x"],
            "gone: no model is there (it has no config.json)",
        ),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(
    verb: str,
    flags: list[str],
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(verb, "--runs", str(tmp_path), *flags) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{verb}: ")
    assert reason in err
    assert len(err.splitlines()) == 1


def test_ctrl_c_is_one_line_and_exit_code_130(capsys: pytest.CaptureFixture[str]) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    assert command("train", stop) == 130
    assert capsys.readouterr().err == "train: stopped; the same command goes on from here\n"


@pytest.mark.parametrize(("rank", "lines"), [("0", 1), ("1", 0)])
def test_the_main_process_alone_tells_of_a_mistake(
    rank: str,
    lines: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As under `accelerate launch`, which tells each process its rank."""
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("WORLD_SIZE", "2")
    assert run("train", "--runs", str(tmp_path), "base=gone") == 2
    assert len(capsys.readouterr().err.splitlines()) == lines


def test_runs_that_cannot_be_written_are_named(
    tmp_path: Path, stand_in: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setenv("CORPORA_DIR", str(stand_in))
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    given = ["--recipe", "smoke", "--runs", str(tmp_path / "runs")]
    assert main("pretrain", pretrain.pretrain, given) == 2
    err = capsys.readouterr().err
    folder = tmp_path / "runs" / "smoke" / "pretrain"
    assert err == f"pretrain: {folder}: no folder that can be written to: Not a directory\n"


def test_a_model_is_never_quantized_onto_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    assert (
        run("quantize", "--model", str(tmp_path), "--output", f"{tmp_path}/../{tmp_path.name}") == 2
    )
    assert "is the model itself; name another folder" in capsys.readouterr().err


def test_where_a_model_was_downloaded_from_stays_in_the_lock_unless_it_was_made(
    tmp_path: Path,
) -> None:
    assert ladder.downloaded(tmp_path, ["lm"]) == {}
    blip, old = {"repository": "a/blip", "revision": "1"}, {"repository": "a/lm", "revision": "2"}
    (tmp_path / "captioner").mkdir()
    write_lock(tmp_path, {"captioner": blip, "lm": old})
    assert ladder.downloaded(tmp_path, ["lm"]) == {"captioner": blip}


def test_a_ladder_that_cannot_be_climbed_to_its_end_is_not_begun(
    tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gptqmodel", None)  # as where it could not be compiled
    with pytest.raises(UserError, match="gptqmodel is not installed, .* apt-get install g"):
        ladder.climb(Job(load_recipe("smoke"), tmp_path, stand_in), tmp_path)
    assert not (tmp_path / "smoke").exists()
