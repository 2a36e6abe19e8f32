"""A stand-in for the corpora: two words tell harmful from benign, and pictures are plain."""

import csv
import json
import random
from pathlib import Path

import pytest
from PIL import Image

HARMFUL, BENIGN = "terrible awful dreadful".split(), "lovely gentle friendly".split()
FILLER = "people today always near house river market music garden street window morning".split()


def sentence(rng: random.Random, harmful: int) -> str:
    """Six words, two of which give the label away."""
    words = rng.sample(FILLER, 4) + rng.sample(HARMFUL if harmful else BENIGN, 2)
    rng.shuffle(words)
    return " ".join(words)


def write_cold(path: Path, rows: int, rng: random.Random) -> None:
    """A file in COLD's format."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["", "split", "topic", "label", "TEXT"])
        for n in range(rows):
            table.writerow([n, path.stem, "race", n % 2, sentence(rng, n % 2)])


def write_harmc(folder: Path, split: str, rows: int, rng: random.Random) -> dict[str, str]:
    """A file in HarMeme's format and its pictures; a caption for each."""
    (folder / "images").mkdir(exist_ok=True, parents=True)
    lines, captions = [], {}
    for n in range(rows):
        key, colour = f"{split}_{n}", rng.choice(["red", "blue"])
        Image.new("RGB", (40, 30), colour).save(folder / "images" / f"{key}.jpg")
        captions[key] = f"a {colour} picture of a {rng.choice(FILLER)}"
        labels = ["somewhat harmful", "individual"] if n % 2 else ["not harmful"]
        row = {"id": key, "image": f"{key}.png", "labels": labels, "text": sentence(rng, n % 2)}
        lines.append(json.dumps(row))
    (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return captions


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out as `CORPORA_DIR`, with small cold and harmc."""
    root, rng = tmp_path_factory.mktemp("corpora"), random.Random(0)
    (root / "cold").mkdir()
    write_cold(root / "cold" / "train.csv", 600, rng)
    write_cold(root / "cold" / "dev.csv", 100, rng)
    captions = write_harmc(root / "harmc", "train", 60, rng)
    captions |= write_harmc(root / "harmc", "val", 20, rng)
    (root / "harmc" / "clipcap_captions.json").write_text(json.dumps(captions), encoding="utf-8")
    return root
