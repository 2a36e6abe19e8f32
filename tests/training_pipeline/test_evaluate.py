"""Evaluation of records, end to end, by the weights that are committed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from data_preparation.record import Record, to_json, write_records
from model_package import load
from model_package.profile import FOLDER, WEIGHTS, load_profile
from training_pipeline.evaluate import main

RUDE, KIND = "all of them are vermin, throw them out", "good morning, have a lovely day"
PLOTS = ("roc.png", "precision_recall.png", "reliability.png")


def rows() -> list[Record]:
    harmful = [("Go away, you filthy {}s", 1, "hate"), ("I like my {} neighbours", 0, "identity")]
    groups = ("Muslim", "migrant")
    texts = [
        (text.format(group), label, category)
        for text, label, category in harmful
        for group in groups
    ]
    texts += [(RUDE, 1, "hate"), (KIND, 0, "daily")]
    rows = [
        Record(f"r{n}", text=text, label=label, category=category, group=category)
        for n, (text, label, category) in enumerate(texts)
    ]
    return [replace(row, language="en", source="mine") for row in rows]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one evaluation that calibrates a copy of the pocket profile beside it."""
    folder = tmp_path_factory.mktemp("run")
    write_records(folder / "rows.jsonl", [*rows(), Record("empty", label=0, language="ta")])
    shutil.copy(FOLDER / "pocket.toml", folder / "pocket.toml")
    flags = ["--records", str(folder / "rows.jsonl"), "--output", str(folder / "out")]
    assert main([*flags, "--profile", str(folder / "pocket.toml"), "--calibrate"]) == 0
    return folder


def metrics(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "out/metrics.json").read_text(encoding="utf-8"))
    return found


def answers(run: Path) -> list[dict[str, Any]]:
    lines = (run / "out/predictions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_file_is_there_and_none_holds_a_memes_words(run: Path) -> None:
    names = {path.name for path in (run / "out").iterdir()}
    assert names == {"metrics.json", "metrics.md", "predictions.jsonl", "run.json", *PLOTS}
    for name in ("metrics.json", "metrics.md", "predictions.jsonl", "run.json"):
        assert "vermin" not in (run / "out" / name).read_text(encoding="utf-8")
    assert all(Image.open(run / "out" / name).width > 900 for name in PLOTS)


def test_predictions_are_the_runtimes_own(run: Path) -> None:
    """As calibrated: scored again through `load`, each with its label by the new threshold."""
    from model_package.evidence import Evidence
    from model_package.verdict import decide

    moderator = load(str(run / "pocket.toml"), weights=str(WEIGHTS / "pocket"), device="cpu")
    found = answers(run)
    for record, answer in zip(rows(), found, strict=False):
        [views] = moderator.scorer.score([Evidence("", record.text or "")])
        proba, label = decide(moderator.profile, moderator.policy, views)
        assert (answer["proba"], answer["verdict"]) == (proba, label)
    assert found[-1] == {
        "id": "empty", "label": 0, "proba": 0.5, "verdict": 0, "language": "ta", "source": "",
        "group": "",
    }  # fmt: skip


def test_slices_and_harmless_mentions(run: Path) -> None:
    found = metrics(run)
    assert (found["rows"], found["harmful"], found["fallbacks"]) == (7, 3, 1)
    assert set(found["slices"]) == {"language", "source", "category", "target"}
    assert found["slices"]["language"]["ta"]["auroc"] is None
    assert found["slices"]["language"]["ta"]["note"] == "no harmful rows"
    assert found["slices"]["category"]["hate"]["rows"] == 3
    assert found["slices"]["target"]["religion"]["rows"] == 2
    mentions = found["harmless_mentions"]
    assert {name: one["rows"] for name, one in mentions.items()} == {
        "all": 2, "en": 2, "nationality": 1, "religion": 1
    }  # fmt: skip
    called = [one["verdict"] for one in answers(run) if one["id"] in ("r2", "r3")]
    assert mentions["all"]["false_positive_rate"]["value"] == sum(called) / 2


def test_groups_are_kept_and_counted(run: Path) -> None:
    """The three hateful rows are one group, so that nothing is known of AUROC on others."""
    found = metrics(run)
    assert [one["group"] for one in answers(run)] == [
        "hate", "hate", "identity", "identity", "hate", "daily", ""
    ]  # fmt: skip
    assert (found["rows"], found["groups"]) == (7, 4)
    assert found["note"] == "few groups: 1 harmful, 3 benign"
    assert (found["auroc"]["low"], found["auroc"]["high"]) == (0, 1)
    assert found["slices"]["category"]["hate"]["groups"] == 1
    assert found["harmless_mentions"]["all"]["groups"] == 1
    page = (run / "out/metrics.md").read_text(encoding="utf-8")
    assert "- 4 groups of near copies" in page
    assert "| all | 7 | 4 | 3 | " in page


def test_what_was_fitted_stands_in_the_profile_and_nothing_else_changed(run: Path) -> None:
    found = metrics(run)
    profile = load_profile(str(run / "pocket.toml"))
    assert profile.temperature == found["temperature"] == found["calibration"]["temperature"]
    assert profile.threshold == found["threshold"] == found["calibration"]["threshold"]
    assert found["calibration"]["rows"] == 3  # one of each group; what was not read has no say
    assert found["calibration"]["log_loss_after"] <= found["calibration"]["log_loss_before"]
    before = (FOLDER / "pocket.toml").read_text(encoding="utf-8").splitlines()
    after = (run / "pocket.toml").read_text(encoding="utf-8").splitlines()
    fitted = ("temperature", "threshold")
    assert [line for line in after if not line.startswith(fitted)] == [
        line for line in before if not line.startswith(fitted)
    ]


def test_the_manifest_says_what_went_in(run: Path) -> None:
    manifest = json.loads((run / "out/run.json").read_text(encoding="utf-8"))
    assert {Path(name).name for name in manifest["inputs"]} == {
        "rows.jsonl", "pocket.toml", "lock.json"
    }  # fmt: skip
    assert manifest["metrics"]["rows"] == 7
    assert manifest["settings"]["calibrate"] is True


def test_pixels_go_through_the_whole_pipeline(tmp_path: Path) -> None:
    root = Path("local_test/test_images")
    sample = [Record("a", image="chicken_rice_queue.png", label=0, language="en"),
              Record("b", image="foreigners_zh.png", label=1, language="zh")]  # fmt: skip
    write_records(tmp_path / "rows.jsonl", sample)
    flags = ["--records", str(tmp_path / "rows.jsonl"), "--output", str(tmp_path / "out")]
    assert main([*flags, "--images", str(root)]) == 0
    predicted = load("pocket").predict([root / (one.image or "") for one in sample])
    assert [(one["proba"], one["verdict"]) for one in answers(tmp_path)] == [
        (one.proba, one.label) for one in predicted
    ]
    assert metrics(tmp_path)["input"] == "pixels"


@pytest.mark.parametrize(
    ("lines", "more", "complaint"),
    [
        ([], [], "holds no records"),
        (['{"id": "a", "text": "x"}'], [], "1 of 1 have no label; first 'a'"),
        ([to_json(rows()[0])] * 2, [], "the id 'r0' stands there twice"),
        ([to_json(rows()[0]), "{oops"], [], "rows.jsonl:2: not JSON"),
        ([to_json(rows()[0])], ["--images", "nowhere"], "--images nowhere: no such folder"),
        ([to_json(rows()[0])], ["--limit", "-1"], "--limit -1: give a number of records"),
        ([to_json(rows()[0])], ["--profile", "nope"], "no profile is called 'nope'"),
        ([to_json(rows()[0])], ["--policy", "vr-contact", "--calibrate"], "profile's own policy"),
        ([to_json(rows()[0])], ["--weights", "docker", "--calibrate"], "the profile's own weights"),
        ([to_json(rows()[0])], ["--calibrate"], "these are all of one class"),
        ([to_json(rows()[0])], ["--images", "docker"], "1 records have no picture; first 'r0'"),
    ],
)
def test_mistakes_are_one_line(
    lines: list[str],
    more: list[str],
    complaint: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "rows.jsonl").write_text("".join(f"{line}\n" for line in lines))
    flags = ["--records", str(tmp_path / "rows.jsonl"), "--output", str(tmp_path / "out")]
    assert main([*flags, *more]) == 2
    printed = capfd.readouterr()
    said = [line for line in printed.err.splitlines() if complaint in line]
    assert len(said) == 1
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert not (tmp_path / "out/run.json").exists()


def test_one_class_is_said_and_measured_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_records(tmp_path / "rows.jsonl", [one for one in rows() if one.label == 0])
    flags = ["--records", str(tmp_path / "rows.jsonl"), "--output", str(tmp_path / "out")]
    assert main(flags) == 0
    assert "evaluate: no harmful rows" in capsys.readouterr().err
    found = metrics(tmp_path)
    assert found["auroc"] is found["average_precision"] is found["f1"] is None
    assert 0 <= found["false_positive_rate"]["value"] <= 1
