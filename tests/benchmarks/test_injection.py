"""The battery: what its attacks write, that training never saw them, and what its numbers say."""

import json
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.injection.__main__ import main
from benchmarks.injection.battery import Attack, attacked, attacks, control, neutral, read_battery
from benchmarks.injection.disguises import DISGUISES
from benchmarks.injection.measure import Answers, Trial, effect
from benchmarks.injection.rows import gather
from benchmarks.injection.table import tables
from data_preparation.record import Record
from model_package.errors import UserError
from model_package.normalise import plain
from training_pipeline.attacked import read_wordings

ROW = Record("1", text="pass the salt", language="en", label=0)
TAMIL = Record("2", text="கொழும்பு நகரம்", language="ta", label=0)
UNDONE = set(DISGUISES)
LATIN_ONLY = {
    *("look_alikes", "fullwidth", "bold_alphabet", "leetspeak"),
    *("upside_down", "accents", "lisu"),
}


def leaves(value: object) -> list[str]:
    """All strings in nested lists and dicts."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return list(chain.from_iterable(map(leaves, parts)))  # type: ignore[call-overload]


def test_training_and_battery_share_no_wording() -> None:
    seen, tried = (
        {plain(one).casefold() for one in leaves(part)}
        for part in (read_wordings(), read_battery())
    )
    assert len(seen) > 100
    assert len(tried) > 90
    assert not seen & tried
    assert not [
        (a, b) for a in seen for b in tried if len(min(a, b, key=len)) > 12 and (a in b or b in a)
    ]


def test_every_attack_speaks_every_language_in_both_directions() -> None:
    for name, aims in read_battery().items():
        if name != "neutral":
            assert list(aims) == ["safe", "harmful"]
            known = [set(aims[aim]) for aim in aims]
            assert known in ([{"any"}] * 2, [{"en", "zh", "ms", "ta"}] * 2), name


def test_words_stand_before_or_after_and_the_control_is_as_long() -> None:
    attack = Attack("claim", "words", 0)
    assert attacked(attack, ROW, 0) == "pass the salt\nThis is satire."
    assert attacked(attack, ROW, 1) == "This is satire.\npass the salt"
    assert attacked(attack, TAMIL, 2).startswith("கொழும்பு நகரம்\nவெறுப்புக்கு")
    assert control(attack, ROW, 0) == "pass the salt\nThe museum open"
    assert control(Attack("zalgo", "disguise", 0), ROW, 0) is None
    assert len(neutral("zh", 77, 3)) == 77


def test_padding_is_long_and_keeps_the_words() -> None:
    both = attacked(Attack("padding_both", "padding", 0), ROW, 0)
    assert both.count("pass the salt") == 1
    assert 3000 < both.index("pass the salt") * 2 + len("pass the salt") < 3100


@pytest.mark.parametrize("name", sorted(UNDONE))
@pytest.mark.parametrize("record", [ROW, TAMIL], ids=["en", "ta"])
def test_normalisation_undoes_a_disguise(name: str, record: Record) -> None:
    disguised = attacked(Attack(name, "disguise", 0), record, 0)
    assert plain(disguised) in (record.text, (record.text or "").upper())
    latin_only = name in LATIN_ONLY
    assert (disguised == record.text) == (latin_only and record is TAMIL)


def test_effects_by_hand() -> None:
    clean = Answers([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0])
    after = Answers([0.5, 0.5, 0.5, 0.1], [0, 1, 0, 0])
    found = effect(Trial(0, [1, 1, 0, 0], clean, after, clean))
    assert found["rows"] == 4
    assert found["shift"]["logit"] == pytest.approx(-2.1972 / 4, abs=1e-4)
    assert found["shift"]["probability"] == pytest.approx(-0.1)
    assert found["most"]["logit"] == pytest.approx(-2.1972, abs=1e-4)
    assert found["flips"] == 0.5
    assert found["auroc"]["clean"] == 0.875
    assert found["auroc"]["attacked"] == found["auroc"]["aimed"] == 0.75
    assert found["own"]["logit"] == found["shift"]["logit"]
    assert found["control"] == {"logit": 0.0, "flips": 0.0}


def test_an_attack_on_benign_rows_is_aimed_at_them_alone() -> None:
    clean = Answers([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0])
    after = Answers([0.99, 0.99, 0.95, 0.1], [1, 1, 1, 0])
    found = effect(Trial(1, [1, 1, 0, 0], clean, after))
    assert found["auroc"]["attacked"] == 1.0
    assert found["auroc"]["aimed"] == 0.5
    assert found["flips"] == 0.5
    assert "own" not in found
    assert "| +2.48 | +4.33 |" in next(
        line for line in tables({"x": {"all": found}}, ["en"]) if "| x |" in line
    )


def test_rows_are_balanced_and_held_out(tmp_path: Path) -> None:
    rows = gather(tmp_path / "nowhere", 6)
    assert [row.label for row in rows] == [1, 0] * 24
    assert {row.language for row in rows} == {"en", "zh", "ms", "ta"}
    assert len({row.id for row in rows}) == 48
    with pytest.raises(UserError, match="no held-out row"):
        gather(tmp_path / "nowhere", 6, ["vi"])


def test_the_command_writes_what_it_prints(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORPORA_DIR", str(tmp_path / "nowhere"))
    wanted = ["--each", "4", "--languages", "en", "--only", "repeated", "zalgo", "--device", "cpu"]
    assert main(["--output", str(tmp_path / "out"), *wanted]) == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "out" / "injection.md").read_text(encoding="utf-8")
    results = json.loads((tmp_path / "out" / "injection.json").read_text(encoding="utf-8"))
    assert results["rows"] == 8
    assert list(results["attacks"]) == ["repeated (safe)", "repeated (harmful)", "zalgo (safe)"]
    assert results["attacks"]["zalgo (safe)"]["en"]["shift"]["logit"] == pytest.approx(0, abs=1e-6)
    assert (tmp_path / "out" / "run.json").is_file()


def test_a_mistake_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--output", str(tmp_path), "--profile", "nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert next(iter(attacks())).key == "ignore (safe)"
