"""What is seen and read of each meme, kept on disk as it comes: the slow part is paid once.

Each meme is read twice: by all engines, and as a system for English alone would, which has one
engine for Latin letters and drops every other script. Knows nothing of questions or answers.
"""

import hashlib
import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.ablation.memes import HeldOut, picture
from data_preparation.manifest import hash_file
from model_package.evidence import Evidence
from model_package.ocr import make_reader
from model_package.pipeline import CanRead, Moderator
from model_package.profile import Profile

FILE = "evidence.jsonl"
CHUNK = 8  # memes between two lines of progress


@dataclass(frozen=True)
class Seen:
    """One meme's caption and its text; english: the text where only English can be read."""

    caption: str
    text: str
    english: str

    def evidence(self, english: bool = False) -> Evidence:
        """What a language model is shown of it."""
        return Evidence(self.caption, self.english if english else self.text)


def look(memes: Sequence[HeldOut], moderator: Moderator, folder: Path, key: str) -> list[Seen]:
    """What is seen of each of `memes`, in order; what `folder` keeps under `key` is not redone."""
    english = make_reader(replace(moderator.profile.ocr, engines=("rapidocr",)), 1)
    kept = read_kept(folder / FILE, key)
    missing = [meme for meme in memes if meme.id not in kept]
    with (folder / FILE).open("w", encoding="utf-8") as file:  # a torn last line is gone with this
        file.writelines(_line(key, name, seen) for name, seen in kept.items())
        for start in range(0, len(missing), CHUNK):
            chunk = missing[start : start + CHUNK]
            for meme, seen in zip(chunk, _see(chunk, moderator, english), strict=True):
                kept[meme.id] = seen
                file.write(_line(key, meme.id, seen))
            file.flush()
            print(f"read {start + len(chunk)} of {len(missing)} memes", file=sys.stderr)
    return [kept[meme.id] for meme in memes]


def read_kept(path: Path, key: str) -> dict[str, Seen]:
    """What an earlier run kept under `key`, by the meme's id; lines that are torn are left out."""
    kept: dict[str, Seen] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if found.pop("key") == key:
            name = found.pop("id")
            kept[name] = Seen(**found)
    return kept


def fingerprint(profile: Profile, weights: Path, seed: int) -> str:
    """Changes with whatever evidence depends on, but the code: settings, weights, drawn memes."""
    models = sorted(path for path in weights.rglob("*") if path.is_file())
    eyes = [path for path in models if path.parent != weights / profile.lm.folder]
    hashes = [hash_file(path) for path in eyes if path.parent != weights]  # the lock names the LM
    captioner = asdict(profile.captioner) if profile.captioner else None
    parts = [asdict(profile.ocr), captioner, hashes, seed]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def only_latin(text: str) -> str:
    """`text` less the letters and marks of other scripts, and less lines of which nothing stays."""
    lines = (" ".join("".join(filter(_is_english, line)).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if any(map(str.isalnum, line)))


def _is_english(character: str) -> bool:
    letter = unicodedata.category(character)[0] in "LM"
    return not letter or "LATIN" in unicodedata.name(character, "")


def _see(memes: Sequence[HeldOut], moderator: Moderator, english: CanRead) -> Iterator[Seen]:
    images = [picture(meme, moderator.profile.limits) for meme in memes]
    captions = moderator.captioner.caption(images) if moderator.captioner else [""] * len(images)
    for image, caption in zip(images, captions, strict=True):
        yield Seen(caption, moderator.reader.read(image), only_latin(english.read(image)))


def _line(key: str, name: str, seen: Seen) -> str:
    return json.dumps({"key": key, "id": name, **asdict(seen)}, ensure_ascii=False) + "\n"
