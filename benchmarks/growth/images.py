"""Many small distinct memes, drawn fast; knows nothing of what is measured on them."""

from pathlib import Path

from PIL import Image, ImageDraw

from data_preparation.drawing.fonts import load_font

SIZE = (240, 160)
WORDS = ("CAT", "DOG", "TEA", "BUS", "RAIN", "FOOD", "WORK", "HOME", "SLEEP", "FRIEND")


def draw(folder: Path, count: int) -> list[str]:
    """Paths of `count` pictures, no two alike; those that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{n:06}.png" for n in range(count)]
    for number, path in enumerate(paths):
        if not path.is_file():
            _meme(number).save(path, compress_level=1)
    return [str(path) for path in paths]


def _meme(number: int) -> Image.Image:
    """White on a dark ground: two words by the number's digits, and the number itself."""
    image = Image.new("RGB", SIZE, (number * 7 % 90, number * 13 % 90, number * 29 % 90))
    pen, font = ImageDraw.Draw(image), load_font("latin", 22)
    words = WORDS[number % 10], WORDS[number // 10 % 10]
    pen.text((10, 12), f"{words[0]} {number}", "white", font)
    pen.text((10, 120), words[1], "white", font)
    return image
