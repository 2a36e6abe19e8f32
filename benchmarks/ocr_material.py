"""What memes for the measure of OCR are made of, from a TOML file: sentences, fonts, pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from benchmarks.ocr_drawing import STYLES, Case, Fonts, draw, part_of
from data_preparation.drawing.backgrounds import GROUNDS
from data_preparation.drawing.fonts import FOLDERS
from model_package.errors import UserError
from model_package.toml_file import read_toml

HELD_OUT = Path(__file__).parent / "ocr_held_out.toml"


@dataclass(frozen=True)
class FontNames:
    """Files' names, by the script that they draw."""

    latin: tuple[str, ...]
    tamil: tuple[str, ...]
    han: tuple[str, ...]


@dataclass(frozen=True)
class Sentences:
    """By language, what is written at top and bottom. mix: of all of them, as in Singapore."""

    en: tuple[tuple[str, ...], ...]
    ms: tuple[tuple[str, ...], ...]
    zh: tuple[tuple[str, ...], ...]
    ta: tuple[tuple[str, ...], ...]
    mix: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Wanted:
    """The TOML file's keys: Debian's packages, the photographs' folder, fonts, sentences."""

    packages: tuple[str, ...]
    photographs: str
    fonts: FontNames
    sentences: Sentences


@dataclass(frozen=True)
class Material:
    """fonts: files by script. pictures: photographs; where none, grounds are drawn.

    sentences: by language, what is written at top and bottom.
    """

    fonts: dict[str, tuple[Path, ...]]
    pictures: tuple[Path, ...]
    sentences: dict[str, tuple[tuple[str, str], ...]]

    def cases(self, language: str, style: str) -> Iterator[Case]:
        """A meme for each of the language's sentences; the same ones every time."""
        for n, words in enumerate(self.sentences[language]):
            seed = 31 * sorted(STYLES).index(style) + n
            yield draw(words, STYLES[style], self._ground(seed), self._fonts(seed), n)

    def _ground(self, seed: int) -> Image.Image:
        if not self.pictures:
            return GROUNDS[("shapes", "clouds")[seed % 2]]((600, 450), seed)
        with Image.open(self.pictures[seed % len(self.pictures)]) as photograph:
            return part_of(photograph, seed)

    def _fonts(self, seed: int) -> Fonts:
        return {script: files[seed % len(files)] for script, files in self.fonts.items()}


def load_material(path: Path, folder: Path | None = None) -> Material:
    """The material in the file at `path`; pictures in `folder` if it is given.

    Raises `UserError` where fonts or pictures are not installed.
    """
    wanted = read_toml(path, Wanted)
    names, said = vars(wanted.fonts), vars(wanted.sentences)
    fonts = {script: [_find(name) for name in names[script]] for script in names}
    where = folder or (Path(wanted.photographs) if wanted.photographs else None)
    pictures = _pictures(where)
    if not all(file for files in fonts.values() for file in files) or pictures is None:
        raise UserError(_cure(wanted, folder))
    return Material(
        {script: tuple(file for file in files if file) for script, files in fonts.items()},
        pictures,
        {name: tuple((top, low) for top, low in rows) for name, rows in said.items() if rows},
    )


def _find(name: str) -> Path | None:
    return next((path for folder in FOLDERS for path in sorted(folder.rglob(name))), None)


def _pictures(folder: Path | None) -> tuple[Path, ...] | None:
    """None where there ought to be pictures and are none."""
    if folder is None:
        return ()
    kinds = {".jpg", ".jpeg", ".png"}
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in kinds)
    return tuple(found) or None


def _cure(wanted: Wanted, folder: Path | None) -> str:
    if folder is not None and not _pictures(folder):
        return f"{folder} holds no .jpg or .png picture; name another folder by --templates"
    packages = " ".join(wanted.packages)
    return f"fonts or photographs are missing; run: sudo apt-get install {packages}"
