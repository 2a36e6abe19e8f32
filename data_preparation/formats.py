"""One small parser for each corpus's own file format: a path becomes rows; knows no splits."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Row:
    """What a corpus's file says of one text: its key there, the text, 1 for harmful."""

    key: str
    text: str
    label: int | None
    category: str | None = None
    image: str | None = None
    caption: str | None = None
    rationale: str | None = None
    messages: tuple[dict[str, str], ...] | None = None


def read_harmc(path: Path) -> Iterator[Row]:
    """HarMeme: somewhat and very harmful are both harmful; pictures are stored as JPEG."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        degree, *target = row["labels"]
        image = Path(row["image"]).with_suffix(".jpg").name
        harmful = int(degree != "not harmful")
        yield Row(row["id"], row["text"].strip(), harmful, "/".join([degree, *target]), image)


def read_cold(path: Path) -> Iterator[Row]:
    """COLD: `label` 1 is offensive; `topic` is race, region or gender."""
    for number, row in enumerate(_table(path)):
        yield Row(f"{path.stem}-{number}", row["TEXT"], int(row["label"]), row["topic"])


def read_safenlp(path: Path) -> Iterator[Row]:
    """SafeNLP: ToxiGen and ImplicitHate, labelled hate or neutral."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        text = row["text"].replace("_x000D_", "\n").strip()
        groups = "/".join(row["target_groups"])
        yield Row(f"{path.stem}-{row['id']}", text, int(row["label"] == "hate"), groups)


def read_davidson(path: Path) -> Iterator[Row]:
    """Davidson's tweets: only the hate class is harmful; offensive and neither are benign."""
    names = {"0": "hate", "1": "offensive", "2": "neither"}
    for row in _table(path):
        yield Row(row[""], row["tweet"], int(row["class"] == "0"), names[row["class"]])


def read_swsr(path: Path) -> Iterator[Row]:
    """SWSR: Weibo comments, `label` 1 is sexist."""
    for row in _table(path):
        yield Row(row["index"], row["comment_text"], int(row["label"]), row["category"] or None)


def read_hasoc(path: Path) -> Iterator[Row]:
    """HASOC Tamil: OFF is offensive; the few rows marked not-Tamil are left out."""
    for row in _table(path, delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["category"] in ("OFF", "NOT"):
            yield Row(row["id"], row["text"], int(row["category"] == "OFF"), row["category"])


def read_dreamspace(path: Path) -> Iterator[Row]:
    """Dreamspace Tamil: comments with noisy labels."""
    for number, row in enumerate(_table(path)):
        yield Row(str(number), row["text"], int(row["label"] == "Hate-Speech"))


def read_toxicn(path: Path) -> Iterator[Row]:
    """ToxiCN: `toxic` 1; `topic` is race, region, gender or lgbt."""
    for number, row in enumerate(_table(path)):
        yield Row(f"{path.stem}-{number}", row["content"], int(row["toxic"]), row["topic"])


def read_toxicn_rationales(path: Path) -> Iterator[Row]:
    """ToxiCN rows with a model's reason; the verdict ends the output, after the last space."""
    for number, row in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        reason, verdict = row["output"].rsplit(" ", 1)
        yield Row(str(number), row["input"], int(verdict.endswith("：是")), rationale=reason)


def read_toxicn_mm(path: Path) -> Iterator[Row]:
    """ToxiCN_MM: what Chinese memes say and show; `type` 0 is harmless."""
    for row in json.loads(path.read_text(encoding="utf-8")):
        key, kind = Path(row["new_path"]).stem, f"type {row['type']}"
        yield Row(key, row["text"].strip(), row["label"], kind, caption=row["meme_discription"])


def read_fine_grained(path: Path) -> Iterator[Row]:
    """Hateful Memes: texts, and which group is attacked."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        groups = "/".join(row["gold_pc"])
        yield Row(str(row["id"]), row["text"], int(row["gold_hate"] == ["hateful"]), groups)


def read_indonesian(path: Path) -> Iterator[Row]:
    """Indonesian tweets: only hate speech is harmful; abuse without hate is not. Not UTF-8."""
    for number, row in enumerate(_table(path, encoding="latin-1")):
        kinds = [name for name in ("HS", "Abusive") if row[name] == "1"]
        yield Row(str(number), row["Tweet"].strip(), int(row["HS"]), "/".join(kinds) or "neither")


def read_alpaca(path: Path) -> Iterator[Row]:
    """Alpaca: instructions and answers, without labels, as chats of two turns."""
    for number, row in enumerate(json.loads(path.read_text(encoding="utf-8"))):
        asked = "\n".join(part for part in (row["instruction"], row["input"]) if part)
        answer = {"role": "assistant", "content": row["output"]}
        chat = ({"role": "user", "content": asked}, answer)
        yield Row(str(number), asked, None, messages=chat)


def _table(path: Path, encoding: str = "utf-8-sig", **dialect: Any) -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file, **dialect)


FORMATS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "harmc": read_harmc,
    "cold": read_cold,
    "safenlp": read_safenlp,
    "davidson": read_davidson,
    "swsr": read_swsr,
    "hasoc": read_hasoc,
    "dreamspace": read_dreamspace,
    "toxicn": read_toxicn,
    "toxicn_rationales": read_toxicn_rationales,
    "toxicn_mm": read_toxicn_mm,
    "fine_grained": read_fine_grained,
    "indonesian": read_indonesian,
    "alpaca": read_alpaca,
}
