"""Rows with every fault that submissions were seen or feared to have."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_test.form import Fault, count_lines, fault_in, first_fault
from model_package.contract import format_row, split_lines

STDIN = b"/images/a.png\r\n/images/b.png\r\n/images/c.png\r\n"
GOOD = b"0.1234\t0\n"
DECIMALS = "exactly four decimals, 0.0000 to 1.0000"
TAB = "one tab between probability and label, no space"
LABEL = "the label 0 or 1"
FORM = r"PROBA<tab>LABEL<LF> and nothing else, as in '0.1234\t0\n'"

ROWS = st.builds(format_row, st.floats(0, 1), st.integers(0, 1))
BYTES = st.integers(0, 255) | st.sampled_from(list(b"0123456789\t\r\n"))


def test_what_the_contract_allows_passes() -> None:
    assert first_fault(STDIN, b"0.0000\t0\n1.0000\t1\n0.5000\t1\n") is None
    assert first_fault(b"", b"") is None
    assert first_fault(b"\n\r\nlast", GOOD * 3) is None


@pytest.mark.parametrize(
    ("line", "found", "allowed"),
    [
        (b"0.5000\t1\r\n", r"'0.5000\t1\r' ends with CR LF", "LF alone at the end of a line"),
        (
            b"\xef\xbb\xbf0.5000\t1\n",
            r"'\xef\xbb\xbf0.5000\t1' begins with a byte order",
            "plain A",
        ),
        (
            b"\xff\xfe0\0.\0\n",
            r"'\xff\xfe0\x00.\x00' begins with a byte order mark of U",
            "plain A",
        ),
        (b" 0.5000\t1\n", r"' 0.5000\t1' has spaces", TAB),
        (b"0.5000\t1 \n", r"'0.5000\t1 ' has spaces", TAB),
        (b"0.5000\t 1\n", r"'0.5000\t 1' has spaces", TAB),
        (b"0.5000,1\n", "'0.5000,1' has no tab between probability and label", TAB),
        (b"0.5000 1\n", "'0.5000 1' has no tab between probability and label", TAB),
        (b"proba\tlabel\n", r"'proba\tlabel' is a header", "no header"),
        (b'"Score","Label"\n', """'"Score","Label"' is a header""", "no header"),
        (b"\tprob\ty_pred\n", r"'\tprob\ty_pred' is a header", "no header"),
        (b"proba,label\r\n", r"'proba,label\r' is a header", "no header"),
        (b"Yes\n", "'Yes' is text that is no row", FORM),
        (b'"0.5000"\t"1"\n', """'"0.5000"\\t"1"' has quotes""", "no quotes"),
        (b"0.5000,1\r\n", r"'0.5000,1\r' has no tab", TAB),
        (b"0.5000\\t1\n", r"'0.5000\\t1' has a backslash and t where a tab belongs", TAB),
        (b"0.5000\t1\\n\n", r"'0.5000\t1\\n' has a backslash and n where LF belongs", FORM),
        (b"50.0%\t1\n", r"'50.0%\t1' has a percent sign", DECIMALS),
        (b"1\t0.5000\n", r"'1\t0.5000' has the label before the probability", "the probability f"),
        (b"\x1b[32m0.5000\t1\n", r"'\x1b[32m0.5000\t1' holds a terminal's", "plain A"),
        (b"None\t1\n", r"'None\t1' has no finite probability", DECIMALS),
        (b"0.500\t1\n", r"'0.500\t1' has fewer than four decimals", DECIMALS),
        (b"1\t1\n", r"'1\t1' has fewer than four decimals", DECIMALS),
        (b"0.50000\t1\n", r"'0.50000\t1' has more than four decimals", DECIMALS),
        (b"5.0e-1\t1\n", r"'5.0e-1\t1' has an exponent", DECIMALS),
        (b"nan\t0\n", r"'nan\t0' has no finite probability", DECIMALS),
        (b"-inf\t0\n", r"'-inf\t0' has no finite probability", DECIMALS),
        (b"-0.5000\t1\n", r"'-0.5000\t1' has a minus sign", DECIMALS),
        (b"+0.5000\t1\n", r"'+0.5000\t1' has a plus sign", DECIMALS),
        (b"1.0001\t1\n", r"'1.0001\t1' has a probability above 1", DECIMALS),
        (b"87.5\t1\n", r"'87.5\t1' has a probability above 1", DECIMALS),
        (b".5000\t1\n", r"'.5000\t1' has not one digit before the point", DECIMALS),
        (b"00.5000\t1\n", r"'00.5000\t1' has not one digit before the point", DECIMALS),
        (b"0,5000\t1\n", r"'0,5000\t1' has a decimal comma", DECIMALS),
        (b"0.5000\t2\n", r"'0.5000\t2' has a label that is neither 0 nor 1", LABEL),
        (b"0.5000\t1.0\n", r"'0.5000\t1.0' has a label that is neither 0 nor 1", LABEL),
        (b"0.5000\tTrue\n", r"'0.5000\tTrue' has a label that is neither 0 nor 1", LABEL),
        (b"0.5000\t\n", r"'0.5000\t' has no label", LABEL),
        (b"0.5000\n", "'0.5000' has no label", LABEL),
        (b"\t1\n", r"'\t1' has no probability", FORM),
        (b"0.5000\t1\t\n", r"'0.5000\t1\t' has more than two columns", FORM),
        (b"0.5000\t1\tharm\n", r"'0.5000\t1\tharm' has more than two columns", FORM),
        (b"\n", "'' is a blank line", FORM),
        (b"\r\n", r"'\r' is a blank line, of white space", FORM),
        (b"0.5\x0000\t1\n", r"'0.5\x0000\t1' holds NUL bytes", "plain A"),
        (b"\xff\xfa\n", r"'\xff\xfa' is text that is no row, with bytes outside ASCII", "plain A"),
        (b"INFO: ready\n", "'INFO: ready' is text that is no row, such as a library's", FORM),
        (b"warn0.5000\t1\n", r"'warn0.5000\t1' has other text before the row", FORM),
        (b"0.5000\t1done\n", r"'0.5000\t1done' has other text after the row", FORM),
        (b"0.5000\t1", r"'0.5000\t10.1234\t0' is several rows without LF between them", FORM),
        (
            b"0.5000\t1\r0.5000\t1\r",
            r"'0.5000\t1\r0.5000\t1\r0.1234\t0' has CR between",
            "LF alone",
        ),
    ],
)
def test_a_wrong_line_is_named(line: bytes, found: str, allowed: str) -> None:
    fault = first_fault(STDIN, GOOD + line + GOOD)
    assert fault is not None
    assert fault.line == 2
    assert fault.found.startswith(found)
    assert fault.allowed.startswith(allowed)


@pytest.mark.parametrize(
    ("stdout", "line", "found", "allowed"),
    [
        (b"", 1, "the file is empty", "3 rows, one for each line of stdin"),
        (GOOD * 2, 3, "the file ends after row 2", "3 rows, one for each line of stdin"),
        (GOOD * 6, 4, r"'0.1234\t0' is a row too many (2 more lines after it)", "3 rows, one"),
        (GOOD * 3 + b"bye\n", 4, "'bye' is text that is no row", "nothing after 3 rows: stdin"),
        (GOOD * 3 + b"\n", 4, "'' is a blank line", "nothing after 3 rows: stdin"),
        ((GOOD * 3)[:-1], 3, r"'0.1234\t0' has no LF at its end", FORM),
        ((GOOD * 3)[:-3], 3, "'0.1234' is a row cut short: the file ends there", FORM),
        (GOOD * 2 + b"0", 3, "'0' is a row cut short", FORM),
        (GOOD * 2 + b"2", 3, "'2' has no label", LABEL),
        (b"\xef\xbb\xbf" + GOOD * 3, 1, r"'\xef\xbb\xbf0.1234\t0' begins with", "plain ASCII"),
    ],
)
def test_a_wrong_number_of_rows_is_named(
    stdout: bytes, line: int, found: str, allowed: str
) -> None:
    fault = first_fault(STDIN, stdout)
    assert fault is not None
    assert fault.line == line
    assert fault.found.startswith(found)
    assert fault.allowed.startswith(allowed)


def test_a_fault_reads_as_one_line() -> None:
    assert str(Fault(3, "'x' is text", "a row")) == "line 3: 'x' is text; allowed: a row"


@given(st.binary(min_size=1, max_size=2000))
def test_little_is_repeated_of_what_was_there(junk: bytes) -> None:
    fault = first_fault(STDIN, b"x" + junk)
    assert fault is not None
    assert len(fault.found) < 130
    assert fault.found.isprintable()


def test_of_an_endless_line_only_the_beginning_is_read() -> None:
    stdout = io.BytesIO(b"." * (1 << 22))
    fault = fault_in(3, stdout)
    assert fault is not None
    assert fault.found.startswith("'..............")
    assert stdout.tell() == 256


@given(st.lists(ROWS, max_size=20))
def test_correct_rows_pass_and_no_other_number_of_them(rows: list[bytes]) -> None:
    stdout = b"".join(rows)
    assert first_fault(b"x\r\n" * len(rows), stdout) is None
    more = first_fault(b"x\r\n" * (len(rows) + 1), stdout)
    assert more is not None
    assert more.line == len(rows) + 1


@given(st.lists(ROWS, min_size=1, max_size=8), st.data(), BYTES)
def test_a_changed_byte_is_found_at_its_line(
    rows: list[bytes], data: st.DataObject, new: int
) -> None:
    stdout = b"".join(rows)
    place = data.draw(st.integers(0, len(stdout) - 1))
    changed = stdout[:place] + bytes([new]) + stdout[place + 1 :]
    fault = first_fault(b"x\n" * len(rows), changed)
    number, offset = place // len(GOOD), place % len(GOOD)
    row = changed[number * len(GOOD) : (number + 1) * len(GOOD)]
    correct = row[offset : offset + 1] in _allowed(rows[number], offset)
    assert (None if fault is None else fault.line) == (None if correct else number + 1)


def _allowed(row: bytes, offset: int) -> list[bytes]:
    """The bytes that may stand at `offset` when the rest of a row is as it is."""
    digits = [b"%d" % digit for digit in range(10)]
    if offset == 0:
        return [b"0", b"1"] if row[2:6] == b"0000" else [b"0"]
    if 2 <= offset <= 5:
        return [b"0"] if row.startswith(b"1") else digits
    return [b"0", b"1"] if offset == 7 else [row[offset : offset + 1]]


@given(st.binary(max_size=60) | st.text("a\r\n").map(str.encode))
def test_lines_are_those_of_the_contract(stdin: bytes) -> None:
    lines, rest = split_lines(stdin)
    assert count_lines(stdin) == len(lines) + bool(rest)
