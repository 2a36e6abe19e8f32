"""The contract at the container's edge: bytes in, rows out; knows nothing of models.

A line of input is one image path, ended by LF or CRLF and otherwise taken as it is. A row of
output is `f"{proba:.4f}\\t{label}\\n"`.
"""

import math
import os
from collections.abc import Callable


def split_lines(buffer: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines of `buffer` without their ends, and the part of a line that is left."""
    *lines, rest = buffer.split(b"\n")
    return [line.removesuffix(b"\r") for line in lines], rest


def parse_path(line: bytes, exists: Callable[[str], bool] = os.path.lexists) -> str:
    """The path meant by a line; undecodable bytes become surrogate escapes.

    `csv.writer` quotes a path that holds a comma or a quote: where only the unquoted form
    exists, that file is meant.
    """
    path = os.fsdecode(line)
    unquoted = _unquote(path)
    if unquoted is not None and not _safely(exists, path) and _safely(exists, unquoted):
        return unquoted
    return path


def format_row(proba: float, label: int) -> bytes:
    """One row, line end and all."""
    if not (math.isfinite(proba) and 0.0 <= proba <= 1.0 and label in (0, 1)):
        raise ValueError(f"no row can hold proba={proba!r}, label={label!r}")
    return f"{proba:.4f}\t{label}\n".encode("ascii")


def _unquote(path: str) -> str | None:
    if len(path) < 2 or not (path[0] == path[-1] == '"'):
        return None
    return path[1:-1].replace('""', '"')


def _safely(exists: Callable[[str], bool], path: str) -> bool:
    try:
        return exists(path)
    except ValueError:  # a NUL in the path
        return False
