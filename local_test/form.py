r"""The form of a submission's rows, to the byte; knows no models, no measures and no files' names.

A row is `f"{proba:.4f}\t{label}\n"`, one for each line of stdin, and nothing else. The judge
takes all rows or none, so the first fault is the one that counts: where it is, what was there,
and what is allowed there.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LONGEST = 256  # bytes of a line that are looked at; a row has nine
SHOWN = 60  # characters of a wrong line that are repeated
BLOCK = 1 << 20

ROW = re.compile(rb"(?:0\.\d{4}|1\.0000)\t[01]")
NUMBER = rb"\d*\.?\d+"
NAMES = rb"prob\w*|scores?|labels?|pred\w*|verdict|id|index|image|img|path|filename|language|y_\w+"
WORD = rb"\"?(?:" + NAMES + rb")\"?"

FORM = r"PROBA<tab>LABEL<LF> and nothing else, as in '0.1234\t0\n'"
PLAIN = f"plain ASCII without a byte order mark: {FORM}"
DECIMALS = "exactly four decimals, 0.0000 to 1.0000"
TAB = "one tab between probability and label, no space"
LABEL = "the label 0 or 1"
ORDER = "the probability first, then the label"

# What a line without its LF may be when it is no row: the first that matches names the fault.
KINDS: tuple[tuple[bytes, str, str], ...] = (
    (rb"\xef\xbb\xbf.*", "begins with a byte order mark", PLAIN),
    (rb"\xff\xfe.*|\xfe\xff.*", "begins with a byte order mark of UTF-16", PLAIN),
    (rb"", "is a blank line", FORM),
    (rb"\s+", "is a blank line, of white space", FORM),
    (rb".*\x00.*", "holds NUL bytes", PLAIN),
    (ROW.pattern + rb"\r+", "ends with CR LF", "LF alone at the end of a line"),
    (ROW.pattern + rb"\r.*", "has CR between rows", "LF alone at the end of a line"),
    (b"(?:" + ROW.pattern + b"){2,}", "is several rows without LF between them", FORM),
    (rb".*[\x80-\xff].*", "is text that is no row, with bytes outside ASCII", PLAIN),
    (rb"[\t,;]?" + WORD + rb"(?:[\t,; ]" + WORD + rb")*\r*", "is a header", f"no header; {FORM}"),
    (rb".*\x1b\[.*", "holds a terminal's control codes", PLAIN),
    (rb"['\"].*" + NUMBER + rb".*['\"]\r*", "has quotes", f"no quotes; {FORM}"),
    (NUMBER + rb"\\t[01].*", "has a backslash and t where a tab belongs", TAB),
    (ROW.pattern + rb"\\n.*", "has a backslash and n where LF belongs", FORM),
    (NUMBER + rb" *%.*", "has a percent sign", DECIMALS),
    (rb"[01][\t,; ]\d*\.\d+\r*", "has the label before the probability", ORDER),
    (rb" *" + NUMBER + rb" *\t *\d+ +| *" + NUMBER + rb"(?: +\t *| *\t +)\d+", "has spaces", TAB),
    (rb" +" + NUMBER + rb"\t\d+", "has spaces", TAB),
    (rb"\d+,\d+\t.*", "has a decimal comma", DECIMALS),
    (NUMBER + rb"[^\w.\t+-]+" + NUMBER + rb"\r*", "has no tab between probability and label", TAB),
    (NUMBER + rb"\t?", "has no label", LABEL),
    (rb"\t\d*", "has no probability", FORM),
    (rb"[-+]?" + NUMBER + rb"\t.*\t.*", "has more than two columns", FORM),
    (rb"[-+]?(?:nan|inf|infinity|none|null)\t.*", "has no finite probability", DECIMALS),
    (rb"-[\d.]+(?:e[-+]?\d+)?\t.*", "has a minus sign", DECIMALS),
    (rb"\+[\d.]+(?:e[-+]?\d+)?\t.*", "has a plus sign", DECIMALS),
    (rb"[\d.]+e[-+]?\d+\t.*", "has an exponent", DECIMALS),
    (rb"0*(?:1\.0*[1-9]|[2-9]|1\d)[\d.]*\t.*", "has a probability above 1", DECIMALS),
    (rb"\d+(?:\.\d{0,3})?\t.*", "has fewer than four decimals", DECIMALS),
    (rb"\d+\.\d{5,}\t.*", "has more than four decimals", DECIMALS),
    (rb"(?:|0\d+)\.\d+\t.*", "has not one digit before the point", DECIMALS),
    (rb".+" + ROW.pattern, "has other text before the row", FORM),
    (ROW.pattern + rb"[^\d.].*", "has other text after the row", FORM),
    (rb"(?:0\.\d{4}|1\.0000)\t.*", "has a label that is neither 0 nor 1", LABEL),
    (rb".*", "is text that is no row, such as a library's print", FORM),
)


@dataclass(frozen=True)
class Fault:
    """line: of stdout, from 1. found: what stands there. allowed: what may stand there."""

    line: int
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.found}; allowed: {self.allowed}"


def first_fault(stdin: bytes, stdout: bytes) -> Fault | None:
    """The first thing for which the judge would refuse `stdout` as the answer to `stdin`."""
    return fault_in(count_lines(stdin), io.BytesIO(stdout))


def count_lines(stdin: bytes) -> int:
    """How many lines, and so rows, `stdin` asks for: those of `contract.split_lines`, and what
    is left after them."""
    return stdin.count(b"\n") + (not stdin.endswith(b"\n") and stdin != b"")


def fault_in(lines: int, stdout: BinaryIO, rows: list[bytes] | None = None) -> Fault | None:
    """`first_fault` for a stdin of so many lines; reads `stdout` once, a line at a time.

    rows: gets the correct rows before the fault, with their ends.
    """
    number = 0
    for number, line in enumerate(_pieces(stdout), 1):
        fault = _surplus(number, line, lines, stdout) if number > lines else _wrong(number, line)
        if fault:
            return fault
        if rows is not None:
            rows.append(line)
    if number == lines:
        return None
    found = f"the file ends after row {number}" if number else "the file is empty"
    return Fault(number + 1, found, f"{lines} rows, one for each line of stdin")


def may_become_row(rest: bytes) -> bool:
    """Whether `rest`, which has no LF yet, is the beginning of a correct row, or all but its LF."""
    return bool(ROW.fullmatch(rest + b"0.0000\t0"[len(rest) :]))


def parse_row(row: bytes) -> tuple[float, int]:
    """The probability and the label of a correct row, as they are printed."""
    return float(row[:6]), int(row[7:8])


def _pieces(stdout: BinaryIO) -> Iterator[bytes]:
    """Lines with their ends; of one that is too long for a row, its beginning."""
    while piece := stdout.readline(LONGEST):
        yield piece


def _wrong(number: int, line: bytes) -> Fault | None:
    row = line.removesuffix(b"\n")
    if row == line and not ROW.fullmatch(row) and may_become_row(row):
        return Fault(number, f"{_shown(row)} is a row cut short: the file ends there", FORM)
    if not ROW.fullmatch(row):
        what, allowed = _kind(row)
        return Fault(number, f"{_shown(row)} {what}", allowed)
    if row == line:
        return Fault(number, f"{_shown(row)} has no LF at its end", FORM)
    return None


def _surplus(number: int, line: bytes, lines: int, stdout: BinaryIO) -> Fault:
    row = line.removesuffix(b"\n")
    if not ROW.fullmatch(row):
        found = f"{_shown(row)} {_kind(row)[0]}"
        return Fault(number, found, f"nothing after {lines} rows: stdin has no more lines")
    more = sum(block.count(b"\n") for block in iter(lambda: stdout.read(BLOCK), b""))
    found = f"{_shown(row)} is a row too many ({more} more lines after it)"
    return Fault(number, found, f"{lines} rows, one for each line of stdin")


def _kind(row: bytes) -> tuple[str, str]:
    """What a line that is no row is, and what is allowed instead."""
    flags = re.DOTALL | re.IGNORECASE
    return next((what, allowed) for form, what, allowed in KINDS if re.fullmatch(form, row, flags))


def _shown(row: bytes) -> str:
    """The line as a literal, its beginning alone when it is long."""
    literal = repr(row)[1:]
    return literal if len(literal) <= SHOWN else f"{literal[: SHOWN - 4]}...{literal[0]}"
