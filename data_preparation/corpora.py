"""How the files of public corpora become records, and how they get here.

    python -m data_preparation.corpora list
    python -m data_preparation.corpora fetch cold swsr
    python -m data_preparation.corpora read cold --split train --output cold.jsonl

Files are read under a folder laid out as the registry says: `CORPORA_DIR`; without it
../shared/data where there is such a folder, else a folder in the user's cache, which `fetch`
fills. Knows nothing of training.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data_preparation.corpus_file import SIDES, write_corpus
from data_preparation.download import address, fetch, fetch_pictures
from data_preparation.formats import FORMATS, Row
from data_preparation.record import Record
from data_preparation.registry import REGISTRY, Corpus, Registry, corpora_dir, find_corpus
from data_preparation.split import Split, cut, group_key, keep_apart
from model_package.errors import UserError
from model_package.toml_file import read_toml


def read_corpus(corpus: Corpus, root: Path) -> Split:
    """Train and validation records of `corpus`, whose files lie under `root`."""
    given = Split(
        tuple(_records(corpus, corpus.train, root)),
        tuple(_records(corpus, corpus.validation, root)),
    )
    return keep_apart(given + cut(_records(corpus, corpus.both, root)))


def read_corpora(
    names: Iterable[str], root: Path, registry: Path = REGISTRY, study: bool = False
) -> Split:
    """All named corpora as one split, with no text on both sides whatever corpus it is in.

    study: for experiments, whose data and weights stay where they are made.
    """
    split = Split((), ())
    for name in names:
        split += read_corpus(find_corpus(name, registry, study), root)
    return keep_apart(split)


def _records(corpus: Corpus, files: Iterable[str], root: Path) -> Iterator[Record]:
    captions = _captions(corpus, root)
    for name in files:
        if not (root / name).is_file():
            cure = f"set CORPORA_DIR, or: python -m data_preparation.corpora fetch {corpus.name}"
            raise UserError(f"{root / name} does not exist; {cure}")
        for row in FORMATS[corpus.format](root / name):
            yield _record(corpus, row, captions)


def _record(corpus: Corpus, row: Row, captions: dict[str, str]) -> Record:
    name = f"{corpus.name}/{row.key}"
    return Record(
        id=name,
        caption=row.caption or captions.get(row.key),
        text=row.text,
        language=corpus.language,
        label=row.label,
        category=row.category,
        source=corpus.name,
        licence=corpus.licence,
        group=group_key(row.text) or name,
        image=f"{corpus.images}/{row.image}" if row.image else None,
        rationale=row.rationale,
        messages=row.messages,
    )


def _captions(corpus: Corpus, root: Path) -> dict[str, str]:
    if not corpus.captions:
        return {}
    try:
        text = (root / corpus.captions).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{root / corpus.captions}: cannot be read: {error}") from error
    return dict(json.loads(text))


def fetch_corpus(corpus: Corpus, root: Path) -> list[str]:
    """Bring every file of `corpus` under `root`; a line about each, what cannot be had included."""
    lines = []
    for source in corpus.sources:
        try:
            done = fetch(source, corpus.repository, corpus.commit, root)
        except UserError as error:
            done = f"FAILED: {error}"
        lines.append(f"{source.file}: {done}")
    if corpus.pictures:
        url = address(corpus.repository, corpus.commit, corpus.pictures)
        names = [Path(row.image).name for row in _pictured(corpus, root) if row.image]
        count = fetch_pictures(names, url, root / corpus.images)
        lines.append(f"{corpus.images}: {count} pictures fetched, {len(names) - count} were there")
    return lines


def _pictured(corpus: Corpus, root: Path) -> Iterator[Row]:
    for name in (*corpus.train, *corpus.validation, *corpus.both):
        if (root / name).is_file():
            yield from FORMATS[corpus.format](root / name)


def describe(corpus: Corpus, root: Path) -> str:
    """One line: name, usage, language, whether its files are there, licence, where it is from."""
    there = all((root / name).is_file() for name in corpus.files())
    state = "there" if there else "missing"
    origin = f"{corpus.repository}@{corpus.commit[:8]}"
    return "\t".join((corpus.name, corpus.usage, corpus.language, state, corpus.licence, origin))


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    flags = _flags().parse_args(argv)
    verbs = {"list": _list, "fetch": _fetch, "read": _read}
    try:
        lines = verbs[flags.verb](flags)
    except UserError as error:
        print(f"corpora: {error}", file=sys.stderr)
        return 2
    print("\n".join(lines))
    return 2 if any(": FAILED: " in line for line in lines) else 0


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data_preparation.corpora")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="every corpus, and whether its files are there")
    getting = verbs.add_parser("fetch", help="download what is missing, check what is there")
    getting.add_argument("names", nargs="+", metavar="NAME")
    reading = verbs.add_parser("read", help="write a corpus's records as JSON Lines")
    reading.add_argument("name", metavar="NAME")
    reading.add_argument("--split", choices=SIDES, default="both", help="the side to write")
    reading.add_argument("--output", type=Path, required=True, help="JSON Lines to write")
    for verb in (getting, reading):
        verb.add_argument("--study", action="store_true", help="allow corpora for study only")
    return parser


def _list(_: argparse.Namespace) -> list[str]:
    return [describe(one, corpora_dir()) for one in read_toml(REGISTRY, Registry).corpora]


def _fetch(flags: argparse.Namespace) -> list[str]:
    corpora = [find_corpus(name, study=flags.study) for name in flags.names]
    return [line for one in corpora for line in fetch_corpus(one, corpora_dir())]


def _read(flags: argparse.Namespace) -> list[str]:
    corpus, root = find_corpus(flags.name, study=flags.study), corpora_dir()
    count = write_corpus(corpus, root, read_corpus(corpus, root), flags.split, flags.output)
    return [f"{flags.output}\t{count} records"]


if __name__ == "__main__":
    sys.exit(main())
