"""Puts the lines of an image in reading order, and joins the parts of one row."""

from model_package.ocr_line import Line

OVERLAP = 0.5  # of the lower line's height: two lines that share more of it stand in one row
GAP = 1.5  # of the height: parts of a row that are further apart are lines of their own
ALIKE = 0.6  # of the higher one's height: a part that is lower than that is something else


def in_rows(lines: list[Line]) -> list[Line]:
    """`lines` from top to bottom and left to right, with the parts of one row joined."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box[1] + line.box[3], line.box)):
        if rows and _beside(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in _join_near(row)]


def _beside(first: Line, second: Line) -> bool:
    shared = min(first.box[3], second.box[3]) - max(first.box[1], second.box[1])
    return shared > OVERLAP * min(first.height, second.height)


def _join_near(row: list[Line]) -> list[Line]:
    joined: list[Line] = []
    for line in sorted(row, key=lambda line: line.box):
        if joined and _is_near(joined[-1], line):
            joined.append(_join(joined.pop(), line))
        else:
            joined.append(line)
    return joined


def _is_near(left: Line, right: Line) -> bool:
    low, high = sorted((left.height, right.height))
    return low >= ALIKE * high and right.box[0] - left.box[2] < GAP * low


def _join(first: Line, second: Line) -> Line:
    left, top, right, bottom = zip(first.box, second.box, strict=True)
    engines = dict.fromkeys((*first.engine.split("+"), *second.engine.split("+")))
    return Line(
        f"{first.text} {second.text}",
        min(first.score, second.score),
        (min(left), min(top), max(right), max(bottom)),
        "+".join(engines),
    )
