"""The edge of the container, to the byte."""

import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_package.contract import format_row, parse_path, split_lines


@pytest.mark.parametrize(
    ("data", "lines", "rest"),
    [
        (b"", [], b""),
        (b"a", [], b"a"),
        (b"a\nb\r\nc", [b"a", b"b"], b"c"),
        (b"\n\r\n\n", [b"", b"", b""], b""),
        (b"a\rb\n c \n", [b"a\rb", b" c "], b""),
        (b"a\r\r\n", [b"a\r"], b""),
    ],
)
def test_only_lf_and_crlf_end_a_line(data: bytes, lines: list[bytes], rest: bytes) -> None:
    assert split_lines(data) == (lines, rest)


@given(st.binary(), st.integers(0, 50))
def test_lines_do_not_depend_on_where_a_read_ends(data: bytes, cut: int) -> None:
    whole, rest = split_lines(data)
    first, left = split_lines(data[:cut])
    second, end = split_lines(left + data[cut:])
    assert (first + second, end) == (whole, rest)


@given(st.binary().filter(lambda line: b"\n" not in line))
def test_a_path_is_taken_as_it_is(line: bytes) -> None:
    assert os.fsencode(parse_path(line, exists=lambda path: False)) == line


@pytest.mark.parametrize("name", ["a, b.png", 'say "hi".png', '"', "a,\xe9.png"])
def test_a_quoted_path_means_the_file_that_exists(name: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([name])
    [line], _ = split_lines(buffer.getvalue().encode())
    assert parse_path(line, exists=lambda path: path == name) == name


def test_a_name_that_really_has_quotes_is_kept() -> None:
    assert parse_path(b'"a"', exists=lambda path: True) == '"a"'
    assert parse_path(b'"a"', exists=lambda path: False) == '"a"'


def test_a_nul_in_a_path_is_no_error() -> None:
    assert parse_path(b'"a\0b"') == '"a\0b"'


@pytest.mark.parametrize(
    ("proba", "label", "row"),
    [(0.5, 0, b"0.5000\t0\n"), (1.0, 1, b"1.0000\t1\n"), (0.00004, 0, b"0.0000\t0\n")],
)
def test_rows(proba: float, label: int, row: bytes) -> None:
    assert format_row(proba, label) == row


@pytest.mark.parametrize(
    ("proba", "label"), [(1.01, 1), (-0.1, 0), (float("nan"), 0), (float("inf"), 1), (0.5, 2)]
)
def test_no_row_is_made_of_what_is_no_probability(proba: float, label: int) -> None:
    with pytest.raises(ValueError, match="no row can hold"):
        format_row(proba, label)
