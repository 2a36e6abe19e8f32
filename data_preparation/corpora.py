"""The registry of public corpora (corpora.toml) and how their files become records.

Files are read under a folder laid out as the registry says: `CORPORA_DIR`, by default
../shared/data. Knows nothing of training.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from data_preparation.formats import FORMATS, Row
from data_preparation.record import Record
from data_preparation.split import Split, cut, group_key, keep_apart
from model_package.errors import UserError
from model_package.toml_file import read_toml

REGISTRY = Path(__file__).parent / "corpora.toml"


@dataclass(frozen=True)
class Corpus:
    """A public corpus: where it comes from, what may be made of it, and its files.

    usage: "open" or "study". format: the parser's name. train, validation: files that the
    corpus itself splits; both: files that the split is cut from. captions: a JSON object of
    captions by id. images: the folder of pictures.
    """

    name: str
    repository: str
    commit: str
    licence: str
    usage: str
    format: str
    language: str
    train: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    captions: str = ""
    images: str = ""

    def files(self) -> tuple[str, ...]:
        """Every file that records are read from, pictures aside."""
        named = (*self.train, *self.validation, *self.both, self.captions)
        return tuple(filter(None, named))


@dataclass(frozen=True)
class Registry:
    """All corpora of a registry file."""

    corpora: tuple[Corpus, ...]


def corpora_dir() -> Path:
    """Where the corpora lie: `CORPORA_DIR`, or ../shared/data."""
    return Path(os.environ.get("CORPORA_DIR") or "../shared/data")


def find_corpus(name: str, registry: Path = REGISTRY) -> Corpus:
    """The open corpus called `name`; a `study` corpus is refused with a `UserError`."""
    corpora = {corpus.name: corpus for corpus in read_toml(registry, Registry).corpora}
    if name not in corpora:
        raise UserError(f"no corpus is called {name!r}; known: {', '.join(sorted(corpora))}")
    if corpora[name].usage != "open":
        raise UserError(f"corpus {name!r} is for study only: nothing made of it may be shared")
    return corpora[name]


def read_corpus(corpus: Corpus, root: Path) -> Split:
    """Train and validation records of `corpus`, whose files lie under `root`."""
    given = Split(
        tuple(_records(corpus, corpus.train, root)),
        tuple(_records(corpus, corpus.validation, root)),
    )
    return keep_apart(given + cut(_records(corpus, corpus.both, root)))


def read_corpora(names: Iterable[str], root: Path, registry: Path = REGISTRY) -> Split:
    """All named corpora as one split, with no text on both sides whatever corpus it is in."""
    split = Split((), ())
    for name in names:
        split += read_corpus(find_corpus(name, registry), root)
    return keep_apart(split)


def _records(corpus: Corpus, files: Iterable[str], root: Path) -> Iterator[Record]:
    captions = _captions(corpus, root)
    for name in files:
        if not (root / name).is_file():
            raise UserError(f"{root / name} does not exist; set CORPORA_DIR to the corpora")
        for row in FORMATS[corpus.format](root / name):
            yield _record(corpus, row, captions)


def _record(corpus: Corpus, row: Row, captions: dict[str, str]) -> Record:
    name = f"{corpus.name}/{row.key}"
    return Record(
        id=name,
        caption=captions.get(row.key),
        text=row.text,
        language=corpus.language,
        label=row.label,
        category=row.category,
        source=corpus.name,
        licence=corpus.licence,
        group=group_key(row.text) or name,
        image=f"{corpus.images}/{row.image}" if row.image else None,
    )


def _captions(corpus: Corpus, root: Path) -> dict[str, str]:
    if not corpus.captions:
        return {}
    try:
        text = (root / corpus.captions).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root / corpus.captions}: cannot be read: {error}") from error
    return dict(json.loads(text))
