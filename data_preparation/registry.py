"""The registry of public corpora (corpora.toml): where each is from, and what may be made of it.

Knows nothing of what is in their files.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from data_preparation.download import Source
from data_preparation.record import Record
from model_package.errors import UserError
from model_package.toml_file import read_toml

REGISTRY = Path(__file__).parent / "corpora.toml"


@dataclass(frozen=True)
class Corpus:
    """A public corpus: where it comes from, what may be made of it, and its files.

    usage: "open" or "study". format: the parser's name. train, validation: files that the
    corpus itself splits; both: files that the split is cut from. captions: a JSON object of
    captions by id. images: the folder of pictures, and pictures: theirs in the repository.
    sources: where each file comes from.
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
    pictures: str = ""
    sources: tuple[Source, ...] = ()

    def files(self) -> tuple[str, ...]:
        """Every file that records are read from, pictures aside."""
        named = (*self.train, *self.validation, *self.both, self.captions)
        return tuple(filter(None, named))


@dataclass(frozen=True)
class Registry:
    """All corpora of a registry file."""

    corpora: tuple[Corpus, ...]


def corpora_dir() -> Path:
    """Where the corpora lie: `CORPORA_DIR`, or ../shared/data, or the user's cache."""
    shared = Path("../shared/data")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    default = shared if shared.is_dir() else cache / "memesieve" / "corpora"
    return Path(os.environ.get("CORPORA_DIR") or default)


def find_corpus(name: str, registry: Path = REGISTRY, study: bool = False) -> Corpus:
    """The corpus called `name`; one for study only is a `UserError` unless `study` allows it."""
    corpora = {corpus.name: corpus for corpus in read_toml(registry, Registry).corpora}
    if name not in corpora:
        raise UserError(f"no corpus is called {name!r}; known: {', '.join(sorted(corpora))}")
    if corpora[name].usage != "open" and not study:
        raise UserError(f"corpus {name!r} is for study only: nothing made of it may be shared")
    return corpora[name]


def refuse_study(records: Iterable[Record], registry: Path = REGISTRY) -> None:
    """A `UserError` if any of `records` comes from a corpus that is for study only."""
    corpora = read_toml(registry, Registry).corpora
    closed = {corpus.name for corpus in corpora if corpus.usage != "open"}
    found = sorted({_corpus(row.source) for row in records if row.source} & closed)
    if found:
        raise UserError(f"rows of {', '.join(found)} are for study only: nothing of it is shared")


def _corpus(source: str) -> str:
    """The corpus that rows of `source` are from: what a model made of it is `NAME by MODEL`."""
    return source.partition(" by ")[0]
