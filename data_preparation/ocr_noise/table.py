"""What OCR does to text, as a table: how badly whole memes come back, and which letters suffer.

Knows neither how it was learned nor how it is applied. A file of it is read strictly: an unknown
key, a missing one or a value of another type is a `UserError` that names both.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from model_package.errors import UserError
from model_package.toml_file import build

MIXED = "mixed"  # a language: the top of a meme in one, its bottom in another
WATERMARK = "imgflip.com"  # stands small on some of the memes that are drawn
PLACES = ("start", "inside", "end")  # of a line
COLUMNS = ("wrong", "inserted", "lost", "strays", "unspaced", "spaced", "joined", "width")


@dataclass(frozen=True)
class Language:
    """How whole memes in one language came back: one column a measure, one place a meme.

    Of the characters in lines that came back, spaces aside, `wrong` were replaced or left out;
    `inserted` and `spaced`: characters and spaces too many, per character. lost: share of the
    lines. strays: lines that are its watermark's. unspaced: share of the spaces lost.
    joined: share of the line breaks lost. width: characters in the longest line.
    """

    name: str
    characters: int
    wrong: tuple[float, ...]
    inserted: tuple[float, ...]
    lost: tuple[float, ...]
    strays: tuple[int, ...]
    unspaced: tuple[float, ...]
    spaced: tuple[float, ...]
    joined: tuple[float, ...]
    width: tuple[int, ...]

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in COLUMNS}
        if len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"{self.name}: columns must be of one length, and not empty")


@dataclass(frozen=True)
class Letter:
    """One character: how often it was seen, how often it came back wrong, and as what.

    read: its commonest misreadings, empty where it was left out. counts: of each.
    """

    truth: str
    seen: int
    wrong: int
    read: tuple[str, ...]
    counts: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.read) != len(self.counts) or self.wrong > self.seen:
            raise ValueError(f"{self.truth!r}: misreadings and counts do not match")


@dataclass(frozen=True)
class Script:
    """All characters of one script (of `fonts.FONTS`), for those that were seen too seldom.

    burst: how far a character's luck follows the one before it, from 0 (not at all) to 1.
    places: how many characters too many stood at the `PLACES` of a line; added: the commonest.
    """

    name: str
    seen: int
    wrong: int
    burst: float
    read: tuple[str, ...]
    counts: tuple[int, ...]
    places: tuple[int, ...]
    added: tuple[tuple[str, ...], ...]
    added_counts: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        pairs = [(self.read, self.counts), *zip(self.added, self.added_counts, strict=False)]
        places = {len(self.places), len(self.added), len(self.added_counts)}
        if places != {len(PLACES)} or any(len(one) != len(other) for one, other in pairs):
            raise ValueError(f"{self.name}: misreadings and counts do not match")


@dataclass(frozen=True)
class Table:
    """Everything that was learned, and from how much.

    moved: lines, out of `lines`, that came back whole but not in their place. strays: the
    commonest readings of the watermark; a line misread past knowing is lost, and told to nobody.
    """

    memes: int
    characters: int
    lines: int
    moved: int
    strays: tuple[str, ...]
    languages: tuple[Language, ...]
    scripts: tuple[Script, ...]
    letters: tuple[Letter, ...]


def read_table(path: Path) -> Table:
    """The table in the JSON file at `path`."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read as JSON: {error}") from error
    if not isinstance(values, dict):
        raise UserError(f"{path}: a table of OCR noise is a JSON object")
    return build(values, Table, str(path))


def write_table(path: Path, table: Table) -> None:
    """Write `table` as JSON, each of its parts on a line of its own; whole or not at all."""
    parts = [f"{_json(key)}: {_rows(value)}" for key, value in asdict(table).items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    unfinished.replace(path)


def _rows(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(map(_json, value)) + "\n]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
