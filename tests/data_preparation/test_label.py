"""`label` as a command: pictures sent to a real server, answers weighed, teachers compared."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from data_preparation import agreement, label
from data_preparation.agreement import kappa
from data_preparation.answers import read_answer
from data_preparation.providers.picture import split_content
from data_preparation.providers.request import Reply
from data_preparation.record import Record, read_records, write_records
from model_package.policy import Question
from tests.data_preparation.openai_server import Behaviour, Body, serve

QUESTION = Question("q", "Is it?", "Yes", "No")
SIZES = {"a.png": 10, "b.jpg": 20, "sub/c.bmp": 30, "d.png": 40}


def tops(yes: float, no: float) -> Any:
    """Logprobs of a first token, as OpenAI sends them, over several spellings."""
    spelt = {"Yes": 0.6 * yes, " yes": 0.4 * yes, "No": no, "The": 1 - yes - no}
    rows = [{"token": token, "logprob": math.log(p)} for token, p in spelt.items() if p > 0]
    return [{**rows[0], "top_logprobs": rows}]


def answer(body: Body) -> Any:
    """Wide pictures touch; those 40 wide touch with a probability of 0.6; 30 wide: no answer."""
    text, (picture,) = split_content(body["messages"][-1]["content"])
    if picture.width == 30 and "intimate" in text:
        return "It is hard to say."
    yes = {10: 0.0, 20: 0.9, 30: 0.9, 40: 0.6}[picture.width]
    logprobs = {"content": tops(yes, 0.9 - yes if yes < 0.9 else 0.1)}
    return {"content": "Yes" if yes > 0.45 else "No", "logprobs": logprobs}


@pytest.fixture(autouse=True)
def _pictures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("API_KEY", "secret-key")
    monkeypatch.chdir(tmp_path)
    for name, width in SIZES.items():
        Path("shots", name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (width, 8), "teal").save(Path("shots", name))


def run(url: str, output: str, *flags: str) -> int:
    """The command in this process."""
    given = ["--base-url", url, "--model", "m", "--images", "shots", "--policy", "vr-contact"]
    return label.main([*given, "--output", output, *flags])


def load(path: str) -> Any:
    """A JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def test_pictures_become_records_answers_and_conversations() -> None:
    behaviour = Behaviour(answer=answer)
    with serve(behaviour) as url:
        assert run(url, "out", "--chunk", "3") == 0
    assert len(behaviour.billed) == 8
    assert {body["top_logprobs"] for body in behaviour.billed} == {20}
    records = {record.id: record for record in read_records(Path("out/records.jsonl"))}
    assert {name: record.label for name, record in records.items()} == {
        "a.png": 0,
        "b.jpg": 1,
        "d.png": 0,  # 2/3 for each of two questions that must both hold
    }
    answers = {(one.picture, one.question): one for one in agreement.read_answers(Path("out"))}
    assert answers["d.png", "touching"].proba == pytest.approx(2 / 3)
    assert answers["b.jpg", "touching"].said == "logprobs"
    first = load("out/llava.json")[0]
    assert (first["id"], first["image"]) == ("a.png", "a.png")
    assert first["conversations"][0]["value"].startswith("<image>\nIs one avatar's body")
    assert [turn["value"] for turn in first["conversations"]][1::2] == ["No", "No"]
    (failed,) = Path("out/records.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(failed)["reason"] == "intimate: neither Yes nor No"


def test_runs_and_teachers_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    def contrary(body: Body) -> str:
        _, (picture,) = split_content(body["messages"][-1]["content"])
        return "No." if picture.width < 40 else "yes, they are"

    with serve(Behaviour(answer=answer)) as url:
        run(url, "one", "--runs", "2")
    with serve(Behaviour(answer=contrary)) as url:
        run(url, "two", "--no-logprobs", "--replies", "others")
    rows = {row["question"]: row for row in load("one/agreement.json")}
    assert (rows["touching"]["equal"], rows["touching"]["kappa"]) == (1.0, 1.0)
    capsys.readouterr()
    assert agreement.main(["one", "two"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    pair = next(
        row
        for row in printed
        if (row["question"], row["first"], row["second"]) == ("touching", "one:0", "two:0")
    )
    assert (pair["pictures"], pair["equal"], pair["yes"]) == (4, 0.5, [0.75, 0.25])
    assert pair["kappa"] == pytest.approx(0.2)  # (0.5 - 0.375) / (1 - 0.375)


def test_kappa() -> None:
    assert kappa([(True, True), (False, False)]) == 1.0
    assert kappa([(True, False), (False, True)]) == -1.0
    assert kappa([(True, True), (True, False), (False, True), (False, False)]) == 0.0
    assert kappa([(True, True)]) is None


@pytest.mark.parametrize(
    ("text", "proba"),
    [
        ("Yes", 1.0),
        ("no.", 0.0),
        ("**Yes**, they touch, no doubt", 1.0),
        ("The answer is: No", 0.0),
        ("It could be yes or no", None),
        ("Perhaps", None),
        ("", None),
    ],
)
def test_words_alone_answer_where_there_are_no_logprobs(text: str, proba: float | None) -> None:
    read = read_answer(Reply("k", text), QUESTION)
    assert read == (None if proba is None else (proba, "words"))


def test_logprobs_without_either_word_leave_it_to_the_text() -> None:
    row = {"token": "Well", "logprob": -0.1, "top_logprobs": [{"token": "Well", "logprob": -0.1}]}
    assert read_answer(Reply("k", "Yes", logprobs=(row,)), QUESTION) == (1.0, "words")


def test_a_picture_that_cannot_be_read_fails_alone() -> None:
    Path("shots/e.png").write_bytes(b"no picture")
    with serve(Behaviour(answer=lambda body: "Yes")) as url:
        assert run(url, "out") == 0
    assert len(list(read_records(Path("out/records.jsonl")))) == 4
    failed = Path("out/records.rejected.jsonl").read_text(encoding="utf-8")
    assert "shots/e.png: cannot be read as a picture" in json.loads(failed)["reason"]


def test_a_stop_between_the_files_leaves_no_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(Behaviour(answer=answer)) as url:
        assert run(url, "out") == 0
        manifest = load("out/records.run.json")
        assert {"shots/a.png", "shots/sub/c.bmp"} < set(manifest["inputs"])
        assert any(name.endswith("vr-contact.toml") for name in manifest["inputs"])
        before = Path("out/answers.jsonl").read_bytes()
        monkeypatch.setattr(label, "agreement", lambda pairs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run(url, "out")
    assert not Path("out/records.run.json").exists()
    assert Path("out/answers.jsonl").read_bytes() == before
    assert list(Path("out").glob("*.part")) == []


def test_a_record_s_own_source_is_kept_beside_the_teacher() -> None:
    write_records(Path("in.jsonl"), [Record("a", image="a.png", source="corpus")])
    with serve(Behaviour(answer=answer)) as url:
        assert run(url, "out", "--input", "in.jsonl") == 0
    (record,) = read_records(Path("out/records.jsonl"))
    assert record.source == "corpus by openai/m"


def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert run("http://127.0.0.1:9/v1", "out", "--images", "empty") == 2
    assert "empty holds no pictures (.png" in capsys.readouterr().err
