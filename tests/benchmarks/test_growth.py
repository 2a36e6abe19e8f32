"""Growth: the verdict over runs of several lengths, and the rows that are fed."""

import json
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.growth import mixed
from benchmarks.growth.__main__ import STUB, main
from benchmarks.growth.images import draw
from benchmarks.growth.measure import Point, Run, across, run
from benchmarks.growth.stub_worker import CAPTION, WORDS, load


def even(name: str, rows: int, pace: float, mib: float) -> Run:
    """A run that takes `pace` processor seconds for each row, and `mib` MiB all the time."""
    points = [Point(2.0 * n * n, n, mib, n * pace) for n in range(1, rows + 1)]
    return Run(name, rows, points, points[-1].seconds)


def test_a_longer_run_needs_no_more_memory_and_no_more_time_a_row() -> None:
    assert across([]) == []
    assert across([even("100", 100, 0.1, 100.0), even("400", 400, 0.11, 104.0)]) == []
    assert across([even("100", 100, 0.1, 100.0), even("400", 400, 0.1, 106.0)]) == [
        "400: 106 MiB, but 100 100"
    ]
    assert across([even("400", 400, 0.13, 1.0), even("100", 100, 0.1, 1.0)]) == [
        "400: 0.13000 processor s a row, but 100 0.10000"
    ]


def test_a_command_that_ends_has_no_memory_and_that_is_not_told_of_its_rows() -> None:
    one = even("100", 100, 0.1, 100.0)
    one.points.append(Point(one.seconds + 1, 100, 5.0, 3.0))
    assert one.memory == (100.0, 100.0)
    assert max(one.pace) == pytest.approx(0.1, rel=0.03)
    assert min(one.pace) == pytest.approx(0.1, rel=0.03)


def test_pictures_are_distinct_and_kept(tmp_path: Path) -> None:
    paths = draw(tmp_path, 30, 48)
    assert len({Path(path).read_bytes() for path in paths}) == 30
    assert Image.open(paths[0]).size == (48, 32)
    Path(paths[0]).write_bytes(b"kept")
    assert draw(tmp_path, 1, 48) == paths[:1]
    assert Path(paths[0]).read_bytes() == b"kept"


def test_mixed_lines_hold_pictures_and_what_is_none(tmp_path: Path) -> None:
    paths = mixed.write(tmp_path)
    answers = load("pocket").predict(paths)
    assert len(answers) == len(paths) == 4 * 5 * 6 + 4 + 5
    seen = [one for one in answers if one.fallback is None]
    assert len(seen) == 4 * 5 * 6
    assert {(one.evidence.caption, one.evidence.ocr_text, one.proba) for one in seen} == {
        (CAPTION, WORDS, load("pocket").predict(paths[:1])[0].proba)
    }
    assert mixed.lines(["a", "b", "c"], 7) == ["a", "b", "c", "a", "b", "c", "a"]


def test_every_mixed_line_gets_its_row_from_the_stub_command(tmp_path: Path) -> None:
    paths = mixed.write(tmp_path)
    found = run("mixed", STUB, paths)
    assert found.rows == len(paths)
    assert found.seconds > 0


def test_the_command_keeps_what_it_finds(tmp_path: Path) -> None:
    given = ["--output", str(tmp_path), "--width", "24", "--sizes"]
    code = main([*given, "--stub-rows", "9000", "--mixed-rows", "0"])
    told = json.loads((tmp_path / "growth.json").read_text())
    [one] = told["runs"]
    assert (one["name"], one["rows"]) == ("9000 rows, stub stages", 9000)
    assert code == (1 if told["faults"] else 0)  # a run of two seconds may be uneven
    assert Image.open(tmp_path / "growth.png").width == 1000
