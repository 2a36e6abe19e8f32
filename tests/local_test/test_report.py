"""The report without a browser: evidence, figures, pictures, and what a page may hold."""

import base64
import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from local_test.report import main
from local_test.reporting.evidence_file import read_evidence
from local_test.reporting.figures import read_memory, threshold, timings
from local_test.reporting.page import as_json, policy
from local_test.reporting.thumbnails import place, thumbnail
from model_package.errors import UserError
from model_package.evidence import Prediction
from tests.local_test.reports import ATTACK, LINES, line, write_report


def rows(*pairs: tuple[float, int]) -> list[Prediction]:
    return [Prediction("a.png", proba, label) for proba, label in pairs]


def test_a_half_written_last_line_is_left_out(tmp_path: Path) -> None:
    file, text = tmp_path / "e.jsonl", json.dumps(LINES[0])
    file.write_text(f"{text}\n{text}\n{text[:40]}")
    found, was_cut = read_evidence(file)
    assert ([row.proba for row in found], was_cut) == ([0.91, 0.91], True)
    file.write_text(f"{text}\n")
    assert (len(read_evidence(file)[0]), read_evidence(file)[1]) == (1, False)


@pytest.mark.parametrize(
    "bad",
    ["", "{}", "[]", "no JSON", json.dumps(line("a", 1.5)), json.dumps(line("a\nb", 0.5)),
     json.dumps(line("a", 0.5, views={"v": "x"})), json.dumps(line("\ud800", 0.5))],
)  # fmt: skip
def test_another_line_that_is_no_evidence_is_named(tmp_path: Path, bad: str) -> None:
    file = tmp_path / "e.jsonl"
    file.write_text(f"{json.dumps(LINES[0])}\n{bad}\n{json.dumps(LINES[0])}\n")
    with pytest.raises(UserError, match=r"e\.jsonl:2: not a row of evidence"):
        read_evidence(file)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([(0.4, 0), (0.6, 1)], 0.5),
        ([(0.31, 0), (0.39, 1)], 0.35),
        ([(0.7, 0), (0.8, 1)], 0.75),
        ([(0.7111, 0), (0.7112, 1)], 0.7111),
        ([(0.9, 0), (0.2, 1)], 0.5),
        ([(0.9, 0)], 0.9),
    ],
)
def test_the_threshold_that_verdicts_were_drawn_at(
    verdicts: list[tuple[float, int]], expected: float
) -> None:
    assert threshold(rows(*verdicts)) == expected


def test_a_likely_threshold_is_taken_where_it_fits_and_fallbacks_say_nothing() -> None:
    verdicts = rows((0.31, 0), (0.61, 1))
    assert threshold(verdicts, [0.49235]) == 0.49235
    assert threshold(rows((0.31, 0), (0.39, 1)), [0.49235]) == 0.35
    fallback = Prediction("b.png", 0.5, 0, fallback="cannot be opened")
    assert threshold([*rows((0.49, 0), (0.4924, 1)), fallback], [0.49235]) == 0.49235


def test_timings_are_of_the_rows_that_a_stage_ran_for() -> None:
    spent = [{"ocr": 1.0, "score": 0.5}, {"ocr": 3.0}, {}]
    found = timings([Prediction("a", 0.5, 0, seconds=one) for one in spent])
    assert [(one["stage"], one["rows"], one["median"], one["total"]) for one in found] == [
        ("ocr", 2, 2.0, 4.0),
        ("score", 1, 0.5, 0.5),
    ]
    assert found[0]["share"] == pytest.approx(8 / 9)
    assert found[0]["p95"] == pytest.approx(2.9)


def test_memory_is_thinned_to_the_highest_of_each_stretch(tmp_path: Path) -> None:
    samples = "".join(f"{n},{n},{900 if n == 501 else 100},\n" for n in range(1000))
    (tmp_path / "memory.csv").write_text(f"seconds,rows,memory_mib,gpu_mib\n{samples}")
    memory = read_memory(tmp_path)
    assert len(memory) == 334
    assert max(memory, key=lambda one: one[1]) == (501.0, 900.0, None)
    (tmp_path / "memory.csv").write_text("seconds\n1\n")
    with pytest.raises(UserError, match="not as it was written"):
        read_memory(tmp_path)
    with pytest.raises(UserError, match="No such file or directory; name a folder"):
        read_memory(tmp_path / "none")


def test_thumbnails_are_bounded_whatever_the_picture(tmp_path: Path) -> None:
    Image.effect_noise((900, 700), 120).save(tmp_path / "noise.png")
    Image.new("RGB", (30, 900), "red").save(tmp_path / "thin.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    noise, thin = (thumbnail(str(tmp_path / name)) for name in ("noise.png", "thin.png"))
    assert 4000 < len(noise) <= 8192
    assert thumbnail(str(tmp_path / "broken.png")) == ""
    assert thumbnail("\udcff/none.png") == ""
    veil, whole = (Image.open(BytesIO(base64.b64decode(one))) for one in thin.split(" "))
    assert (veil.format, max(veil.size), whole.size) == ("WEBP", 12, (12, 360))


def test_pictures_are_looked_for_by_name(tmp_path: Path) -> None:
    assert place("/images/x.png", tmp_path) == str(tmp_path / "x.png")
    assert place("", tmp_path) == ""


def test_json_in_a_page_can_end_nothing() -> None:
    text = f"{ATTACK}<!--\u2028\udce9"
    written = as_json([text])
    assert json.loads(written) == [text]
    assert written.isascii()
    assert "<" not in written


def test_the_policy_lets_nothing_in() -> None:
    assert policy("", "").startswith("default-src 'none'; script-src 'sha256-47DEQpj8HBSa+/TImW")
    assert "unsafe" not in policy("a", "b")
    assert "http" not in policy("a", "b")


def test_paths_of_any_bytes_reach_the_page(tmp_path: Path) -> None:
    lines = (line("/images/\udce9.png", 0.7), line("/images/%%data%%.png", 0.2))
    text = write_report(tmp_path, lines, "", "--no-images").read_text(encoding="utf-8")
    assert "/images/\\udce9.png" in text
    assert "/images/%%data%%.png" in text


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--evidence", "none.jsonl"], "none.jsonl: No such file or directory; name a file that"),
        (["--evidence", "empty.jsonl"], "empty.jsonl: no whole row in it; name a file that"),
        (["--evidence", "e.jsonl", "--labels", "none.csv"], "none.csv: cannot be read"),
        (["--evidence", "e.jsonl", "--run", "none"], "none/run.json: No such file"),
        (["--threshold", "50"], "--threshold 50 is no probability; give 0 to 1"),
        (["--evidence", "e.jsonl", "--images", "e.jsonl"], "e.jsonl is no folder"),
    ],
)
def test_mistakes_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    flags: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("e.jsonl").write_text(json.dumps(LINES[0]) + "\n")
    Path("empty.jsonl").write_text("")
    assert main([*flags, "--output", "r.html"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {said}")
    assert error.count("\n") == 1
    assert not Path("r.html").exists()
