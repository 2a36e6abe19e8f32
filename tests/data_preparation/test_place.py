"""Places that cannot be written to are told in one line, before any work."""

from pathlib import Path

import pytest

from data_preparation import build, clean
from data_preparation.record import Record, write_records


@pytest.mark.parametrize("output", ["file", "file/under", "/proc/nowhere"])
def test_clean_and_build_refuse_a_folder_that_cannot_be(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    write_records(Path("in.jsonl"), [Record("1", text="a text", label=0)])
    assert clean.main(["--input", "in.jsonl", "--output", output]) == 2
    assert build.main(["v1", "--output", output]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["clean", "build"]
    assert all("no folder that can be written to" in line for line in lines)


@pytest.mark.parametrize("cosine", ["5", "0", "nan"])
def test_clean_refuses_a_cosine_that_cannot_be(
    cosine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--input", "in.jsonl", "--output", "out", "--semantic", cosine]
    assert clean.main(flags) == 2
    assert "give a cosine above 0, up to 1" in capsys.readouterr().err
