"""Which label is for which line of stdin; knows no files and no submissions."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from os.path import splitext

from model_package.contract import parse_path, split_lines

DEEPEST = 8  # folders of a path that an image in the labels may be named with


@dataclass(frozen=True)
class Label:
    """label: 1 harmful, 0 benign. names: of the slices it is in, by kind. line: of its file.
    group: the record's; empty where the row is a group of its own."""

    label: int
    names: Mapping[str, tuple[str, ...]]
    line: int
    group: str = ""


@dataclass(frozen=True)
class Labelling:
    """paths: that the lines of stdin mean. labels: one a line, None where there is none.
    unused: labels that are for no line."""

    paths: Sequence[str]
    labels: Sequence[Label | None]
    unused: int = 0


def unlabelled(stdin: bytes) -> Labelling:
    """The paths alone, without the quotes of `csv.writer`."""
    paths = [parse_path(line, lambda path: path[:1] != '"') for line in _lines(stdin)]
    return Labelling(paths, [None] * len(paths))


def _lines(stdin: bytes) -> list[bytes]:
    lines, rest = split_lines(stdin)
    return [*lines, rest] if rest else lines


def matched(labels: Mapping[str, Label], stdin: bytes) -> Labelling:
    """The label of each line of `stdin`, from labels by image.

    An image means the lines with this path; else those whose path ends with it; else the one
    path with the same file name, or the same but for its suffix, where no other has it.
    """
    names = {_name(image) for image in labels}
    paths = [parse_path(line, lambda path: _name(path) in names) for line in _lines(stdin)]
    by_path = {path: _image_of(path, labels) for path in paths}
    for part in (_name, _stem):
        ours, theirs = _alone(part, by_path), _alone(part, labels)
        for name in ours.keys() & theirs.keys():
            by_path[ours[name]] = by_path[ours[name]] or theirs[name]
    used = set(by_path.values()) - {None}
    rows = [labels.get(by_path[path] or "") for path in paths]
    return Labelling(paths, rows, len(labels) - len(used))


def _image_of(path: str, labels: Mapping[str, Label]) -> str | None:
    """The path itself, or the most of its last parts, two or more, that has a label."""
    parts = path.rsplit("/", DEEPEST)
    ends = ["/".join(parts[start:]) for start in range(1, len(parts) - 1)]
    return next((one for one in (path, *ends) if one in labels), None)


def _alone(part: Callable[[str], str], paths: Collection[str]) -> dict[str, str]:
    """The one path by its `part`, for each part that no other path has; an empty one is none."""
    counts = Counter(part(path) for path in paths if part(path))
    return {part(path): path for path in paths if counts[part(path)] == 1}


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(path: str) -> str:
    return splitext(_name(path))[0]
