"""Draws the sample memes, their labels and their stdin files; the same bytes at each run.

All words are the project's own. Label 1 is for what the policy `ospc` calls harmful, always at
its mildest; no real person is shown or named.
"""

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.drawing.scenes import draw_scene
from data_preparation.render import Meme, render
from local_test.make_stdin import write_stdin
from model_package.errors import UserError

SIZE = (600, 450)
SITE = "imgflip.com"
COLOURS = 96  # of the pictures with grain, which would be large otherwise


@dataclass(frozen=True)
class Sample:
    """name: of the file. ground: a key of `GROUNDS`, or "" for transparent. scene: of `SCENES`."""

    name: str
    label: int
    language: str
    ground: str
    scene: str
    meme: Meme


SAMPLES = (
    Sample(
        "cat_meeting",
        0,
        "en",
        "sunburst",
        "cat",
        Meme("They said quick meeting", "I brought my pillow", watermark=SITE),
    ),
    Sample(
        "chicken_rice_queue",
        0,
        "en",
        "",
        "queue",
        Meme("Wah, see la this queue", "the chicken rice must be damn shiok", watermark=SITE),
    ),
    Sample(
        "driver_lanes",
        1,
        "en",
        "clouds",
        "car",
        Meme("Woman driver ahead", "leave two lanes free", watermark=SITE),
    ),
    Sample(
        "elder_computer",
        1,
        "en",
        "gradient",
        "elder",
        Meme("Old people and new phones", "too slow to be worth teaching"),
    ),
    Sample(
        "sleep_late",
        0,
        "zh",
        "gradient",
        "sleeper",
        Meme("说好今晚早点睡", "结果又玩到凌晨两点", watermark=SITE),
    ),
    Sample(
        "foreigners_zh",
        1,
        "zh",
        "",
        "travellers",
        Meme("外国人越来越多", "都给我回自己的国家去"),
    ),
    Sample(
        "laundry_rain",
        0,
        "mixed",
        "clouds",
        "goat",
        Meme("Aiyo 今天又下雨", "my laundry how sia?", watermark=SITE),
    ),
    Sample(
        "nasi_lemak",
        0,
        "ms",
        "",
        "rice",
        Meme("Nasi lemak dah habis", "hati pun turut kosong", watermark=SITE),
    ),
    Sample(
        "kejap_je",
        0,
        "ms",
        "shapes",
        "cup",
        Meme(
            below="Mak kata singgah kedai kopi sekejap saja. Tiga jam kemudian, "
            "saya masih menunggu.",
            jpeg=70,
        ),
    ),
    Sample(
        "pendatang",
        1,
        "ms",
        "sunburst",
        "travellers",
        Meme("Orang asing semua", "balik negara sendiri la!"),
    ),
    Sample(
        "kaapi",
        0,
        "ta",
        "sunburst",
        "cup",
        Meme("காலையில் காபி இல்லையா", "அப்போ வேலையும் இல்லை!"),
    ),
    Sample(
        "veyil",
        0,
        "ta",
        "",
        "cat",
        Meme("திங்கட்கிழமை காலை", "எழுந்திருக்க மனசே இல்லை", watermark=SITE),
    ),
    Sample(
        "pengal_vandi",
        1,
        "ta",
        "gradient",
        "car",
        Meme("பெண்கள் வண்டி ஓட்டினால்", "சாலையை விட்டு ஓடிவிடுங்கள்"),
    ),
)


def draw(sample: Sample, seed: int) -> Image.Image:
    """The sample's picture with its words, RGB, RGBA where the ground is
    transparent, or with a palette."""
    picture = draw_scene(sample.scene, SIZE)
    if sample.ground:
        ground = GROUNDS[sample.ground](SIZE, seed).convert("RGBA")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    image = render(sample.meme, picture).image
    return image.quantize(COLOURS) if sample.ground == "clouds" else image


def write_samples(folder: Path) -> None:
    """Write each sample as PNG, and `labels.csv` (image, label, language), into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed, sample in enumerate(SAMPLES):
        draw(sample, seed).save(folder / f"{sample.name}.png", optimize=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["image", "label", "language"])
        writer.writerows([f"{s.name}.png", s.label, s.language] for s in SAMPLES)


def main() -> int:
    """Draw everything into `local_test`, or another folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("local_test"))
    folder: Path = parser.parse_args().folder
    try:
        write_samples(folder / "test_images")
    except UserError as error:
        parser.error(str(error))
    write_stdin(folder / "test_images", folder / "test_stdin")
    print(f"{len(SAMPLES)} memes drawn into {folder / 'test_images'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
