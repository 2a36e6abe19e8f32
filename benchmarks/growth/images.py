"""Many small distinct memes, drawn fast; knows nothing of what is measured on them."""

from pathlib import Path

from PIL import Image, ImageDraw

from data_preparation.drawing.fonts import load_font

WIDTH = 240  # pixels; a picture is two thirds as high
WORDS = ("CAT", "DOG", "TEA", "BUS", "RAIN", "FOOD", "WORK", "HOME", "SLEEP", "FRIEND")


def draw(folder: Path, count: int, width: int = WIDTH) -> list[str]:
    """Paths of `count` pictures, no two alike; those that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{n:06}_{width}.png" for n in range(count)]
    for number, path in enumerate(paths):
        if not path.is_file():
            meme(number, width).save(path, compress_level=1)
    return [str(path) for path in paths]


def meme(number: int, width: int = WIDTH) -> Image.Image:
    """White on a dark ground: two words by the number's digits, and the number itself."""
    ground = (number * 7 % 90, number * 13 % 90, number * 29 % 90)
    image = Image.new("RGB", (width, width * 2 // 3), ground)
    pen, font = ImageDraw.Draw(image), load_font("latin", width // 11)
    words = WORDS[number % 10], WORDS[number // 10 % 10]
    pen.text((width // 24, width // 20), f"{words[0]} {number}", "white", font)
    pen.text((width // 24, width // 2), words[1], "white", font)
    return image
