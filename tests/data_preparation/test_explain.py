"""`explain` as a command against a real server: reasons checked, no row lost, three forms out."""

import json
from pathlib import Path
from typing import Any

import pytest

from data_preparation import explain
from data_preparation.record import Record, read_records, write_records
from tests.data_preparation.openai_server import Behaviour, Body, serve

ROWS = [
    Record(f"r/{n}", "a cat" if n % 2 else None, f"words {n}", "en", n % 2, "race", group=f"g{n}")
    for n in range(40)
]
REASON = "It puts down people of one race as lazy, which is a stereotype."


def answer(body: Body) -> str:
    """A reason; a bad one for some rows."""
    asked = body["messages"][-1]["content"]
    if "words 1\n" in asked:
        return "I'm sorry, I can't help with that."
    if "words 3\n" in asked:
        return "This meme is harmless, nobody is hurt by it and people may laugh."
    return REASON


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The output of explaining every row."""
    monkeypatch.setenv("API_KEY", "secret-key")
    monkeypatch.chdir(tmp_path)
    write_records(Path("in.jsonl"), ROWS)
    with serve(Behaviour(answer=answer)) as url:
        flags = ["--base-url", url, "--model", "m", "--input", "in.jsonl", "--output", "out"]
        assert explain.main([*flags, "--share", "1"]) == 0
        assert explain.main([*flags[:-1], "fifth"]) == 0
    return tmp_path


def load(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def test_no_row_is_lost_and_bad_reasons_are_told(written: Path) -> None:
    first = list(read_records(written / "out" / "stage1.jsonl"))
    second = list(read_records(written / "out" / "stage2.jsonl"))
    assert sorted(row.id for row in first + second) == sorted(row.id for row in ROWS)
    assert {row.rationale for row in first} == {REASON}
    assert {row.id for row in second} == {"r/1", "r/3"}
    lines = (written / "out" / "stage1.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    reasons = {row["id"]: row["reason"] for row in map(json.loads, lines)}
    assert reasons == {"r/1": "refusal", "r/3": "speaks against the label"}


def test_about_a_fifth_is_explained_by_default(written: Path) -> None:
    first = list(read_records(written / "fifth" / "stage1.jsonl"))
    second = list(read_records(written / "fifth" / "stage2.jsonl"))
    assert 3 <= len(first) <= 14
    assert len(first) + len(second) == 40


def test_chats_and_alpaca_hold_question_answer_and_reason(written: Path) -> None:
    rows = {row.id: row for row in read_records(written / "out" / "chat" / "stage1.jsonl")}
    asked, answered = rows["r/5"].messages or ()
    assert "Picture: a cat\nText: words 5" in asked["content"]
    assert answered == {"role": "assistant", "content": f"Yes. {REASON}"}
    bare = (rows["r/4"].messages or ())[0]["content"]
    assert "Picture" not in bare
    alpaca = load(written / "out" / "alpaca" / "stage2.json")
    assert [row["output"] for row in alpaca] == ["Yes", "Yes"]
    assert alpaca[0]["instruction"].startswith("Does this meme attack")
    assert "words 1" in alpaca[0]["input"]
    assert alpaca[0]["instruction"] not in alpaca[0]["input"]


def test_mistakes_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    flags = ["--input", "none.jsonl", "--output", "out", "--model", "m"]
    assert explain.main([*flags, "--share", "2"]) == 2
    assert "--share is 2.0; give a number above 0, up to 1" in capsys.readouterr().err
    assert explain.main(flags) == 2
    assert "none.jsonl: cannot be read" in capsys.readouterr().err
