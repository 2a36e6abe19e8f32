"""A stage is done when its manifest is there, and is done once."""

from pathlib import Path
from typing import Any

import pytest

from model_package.errors import UserError
from training_pipeline.run import Stage, need_manifest, read_manifest, run_stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    (tmp_path / "in.txt").write_text("x", encoding="utf-8")
    return Stage("train", {"epochs": 1, "sizes": (1, 2)}, (tmp_path / "in.txt",))


def test_the_manifest_says_all(tmp_path: Path, stage: Stage) -> None:
    run_stage(tmp_path / "out", stage, lambda folder: {"loss": 0.5})
    manifest = read_manifest(tmp_path / "out")
    assert manifest is not None
    assert manifest["verb"] == "train"
    assert manifest["metrics"] == {"loss": 0.5}
    assert manifest["settings"]["epochs"] == 1
    assert list(manifest["inputs"].values()) == [
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    ]
    assert {"torch", "python"} <= set(manifest["versions"])
    assert manifest["seconds"] >= 0
    assert manifest["processes"] == 1


def test_what_is_done_is_skipped(tmp_path: Path, stage: Stage) -> None:
    first = run_stage(tmp_path / "out", stage, lambda folder: {"loss": 0.5})

    def again(folder: Path) -> dict[str, Any]:
        raise AssertionError("run twice")

    assert run_stage(tmp_path / "out", stage, again)["metrics"] == first["metrics"]


def fail(folder: Path) -> dict[str, Any]:
    (folder / "checkpoints").mkdir()
    raise ValueError("killed")


def test_a_failed_stage_is_not_done(tmp_path: Path, stage: Stage) -> None:
    with pytest.raises(ValueError, match="killed"):
        run_stage(tmp_path / "out", stage, fail)
    with pytest.raises(UserError, match="run train first"):
        need_manifest(tmp_path / "out", "train")
    assert run_stage(tmp_path / "out", stage, lambda folder: {})["metrics"] == {}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"checkpoints", "run.json"}


def test_a_stage_that_left_nothing_may_begin_otherwise(tmp_path: Path, stage: Stage) -> None:
    def refuse(folder: Path) -> dict[str, Any]:
        raise UserError("nothing to learn from")

    with pytest.raises(UserError, match="nothing to learn from"):
        run_stage(tmp_path / "out", stage, refuse)
    stage.settings["epochs"] = 2
    assert run_stage(tmp_path / "out", stage, lambda folder: {})["settings"]["epochs"] == 2


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("part", ["settings", "inputs"])
def test_other_settings_or_inputs_are_refused(
    tmp_path: Path, stage: Stage, part: str, done: bool
) -> None:
    """Of an unfinished stage too, whose checkpoints would be gone on from."""
    if done:
        run_stage(tmp_path / "out", stage, lambda folder: {})
    else:
        with pytest.raises(ValueError, match="killed"):
            run_stage(tmp_path / "out", stage, fail)
    if part == "inputs":
        stage.inputs[0].write_text("y", encoding="utf-8")
    else:
        stage.settings["epochs"] = 2
    with pytest.raises(UserError, match=f"made with other {part}; remove it"):
        run_stage(tmp_path / "out", stage, lambda folder: {})


@pytest.mark.parametrize("done", [True, False])
def test_a_folder_that_moved_is_the_same_input(tmp_path: Path, done: bool) -> None:
    def stage_in(name: str) -> Stage:
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows.jsonl").write_text("x", encoding="utf-8")
        places = {"base": name, "records": [f"{name}/rows.jsonl"]}
        return Stage("train", {"epochs": 1, **places}, (tmp_path / name / "rows.jsonl",))

    if done:
        run_stage(tmp_path / "out", stage_in("old"), lambda folder: {"loss": 1})
    else:
        with pytest.raises(ValueError, match="killed"):
            run_stage(tmp_path / "out", stage_in("old"), fail)
    assert run_stage(tmp_path / "out", stage_in("new"), lambda folder: {"loss": 1})["metrics"]


def test_files_of_no_run_are_left_alone(tmp_path: Path, stage: Stage) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.safetensors").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="out holds files of no run; name another folder, or rem"):
        run_stage(tmp_path / "out", stage, fail)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["model.safetensors"]


def test_a_begin_that_was_cut_short_is_begun_again(tmp_path: Path, stage: Stage) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "begun.json.part").write_text("{", encoding="utf-8")
    assert run_stage(tmp_path / "out", stage, lambda folder: {"loss": 1})["metrics"] == {"loss": 1}


def test_how_many_processes_worked_is_told_but_is_no_setting(
    tmp_path: Path, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    made = run_stage(tmp_path / "out", stage, lambda folder: {"loss": 1})
    assert made["processes"] == 2
    monkeypatch.setenv("WORLD_SIZE", "1")
    assert run_stage(tmp_path / "out", stage, fail)["metrics"] == {"loss": 1}


def test_a_missing_input_is_named(tmp_path: Path) -> None:
    stage = Stage("train", {}, (tmp_path / "gone.csv",))
    with pytest.raises(UserError, match=r"gone\.csv: cannot be read"):
        run_stage(tmp_path / "out", stage, lambda folder: {})
