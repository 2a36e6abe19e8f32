"""Any bytes on stdin give exactly the rows that the contract says, through the real parent."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_package.contract import parse_path
from tests.hostile.stub_worker import kills, row_of

COMMAND = [sys.executable, "-m", "tests.hostile.stubbed"]
FALLBACK = b"0.5000\t0\n"
ROW = re.compile(rb"(?:(?:0\.\d{4}|1\.0000)\t[01]\n)*")
ENDS = (b"\n", b"\r\n", b"\r", b"\0", b"\x0b", b"\x0c", b"\x1c", b"\xc2\x85", b"\xe2\x80\xa8")
WORDS = (b'"', b'""', b",", b"\t", b"\x1a", b"../", b"/dev/stdin", b"/images/a.png", b"\n" * 40)
BYTES = (
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf0\x9f\x92\xa9" * 3000,
    b"x" * 5000,
)
PIECES = st.sampled_from([*ENDS, *WORDS, *BYTES])
STDIN = st.one_of(
    st.binary(max_size=300), st.lists(PIECES | st.binary(max_size=9), max_size=60).map(b"".join)
)


def lines_of(stdin: bytes) -> list[bytes]:
    """Lines as CONTRACT.md has them, found another way than the product finds them."""
    found = []
    for line in io.BytesIO(stdin):
        whole = line.endswith(b"\n")
        bare = line.removesuffix(b"\n")
        found.append(bare[:-1] if whole and bare.endswith(b"\r") else bare)
    return found


def wanted(stdin: bytes) -> list[bytes]:
    """The rows to come."""
    paths = [parse_path(line) for line in lines_of(stdin)]  # `"../"` in quotes means what exists
    return [FALLBACK if kills(path) else row_of(path) for path in paths]


def answer(stdin: bytes, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """The command over `stdin`, from an empty folder: no path leads anywhere by chance."""
    home = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.run(
        COMMAND, input=stdin, capture_output=True, check=False, cwd=folder, env=home, timeout=120
    )


def check(stdin: bytes, folder: Path) -> None:
    """One run gives the rows wanted, and nothing else anywhere."""
    done = answer(stdin, folder)
    assert done.returncode == 0, done.stderr
    assert ROW.fullmatch(done.stdout)
    assert done.stdout.splitlines(keepends=True) == wanted(stdin)
    assert done.stderr.count(b"row ") >= done.stdout.count(FALLBACK)
    assert len(done.stderr) < 48 * 1024


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder."""
    return tmp_path_factory.mktemp("nowhere")


@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(stdin=STDIN)
def test_any_bytes_get_their_rows(stdin: bytes, nowhere: Path) -> None:
    check(stdin, nowhere)


@pytest.mark.long
@pytest.mark.timeout(1800)
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stdin=STDIN)
def test_many_bytes_get_their_rows(stdin: bytes, nowhere: Path) -> None:
    check(stdin, nowhere)


def test_a_line_of_any_length_is_one_line(nowhere: Path) -> None:
    check(b"\n".join([b"x" * size for size in (65535, 65536, 65537, 3_000_000)]), nowhere)


def test_the_lines_of_this_test_meet_a_worker_that_dies(nowhere: Path) -> None:
    paths = [b"/images/%d.png" % number for number in range(300)]
    assert FALLBACK in wanted(b"\n".join(paths))
    check(b"\r\n".join(paths), nowhere)
