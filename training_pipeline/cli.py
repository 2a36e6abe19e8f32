"""What every verb's command line shares: the recipe, its overrides, and one-line errors."""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data_preparation.registry import corpora_dir, find_corpus
from model_package.errors import UserError
from training_pipeline.recipe import Recipe, load_recipe


@dataclass(frozen=True)
class Job:
    """A recipe, the folder of its runs, and where corpora are read from.

    model: for evaluate: a folder to score in place of the recipe's own models.
    """

    recipe: Recipe
    runs: Path
    corpora: Path
    model: Path | None = None

    def folder(self, verb: str) -> Path:
        """Where `verb` of this recipe leaves its output."""
        return self.runs / self.recipe.name / verb

    def corpus_files(self) -> tuple[Path, ...]:
        """Every file of the recipe's corpora."""
        corpora = [find_corpus(name) for name in self.recipe.corpora()]
        return tuple(self.corpora / name for corpus in corpora for name in corpus.files())


def main(verb: str, work: Callable[[Job], object], argv: list[str] | None = None) -> int:
    """Run `work` on the job that the command line asks for; the process's exit code."""
    try:
        job = parse(verb, argv)
        quiet_libraries()
        work(job)
    except UserError as error:
        print(f"{verb}: {error}", file=sys.stderr)
        return 2
    return 0


def parse(verb: str, argv: list[str] | None = None) -> Job:
    """The job that the command line asks for."""
    parser = argparse.ArgumentParser(prog=f"python -m training_pipeline.{verb}")
    parser.add_argument("--recipe", required=True, help="a name in recipes/, or a .toml file")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all output")
    if verb == "evaluate":
        parser.add_argument("--model", type=Path, help="score this folder, and print its metrics")
    parser.add_argument("overrides", nargs="*", help="settings, such as train.epochs=2")
    flags = parser.parse_args(argv)
    recipe = load_recipe(flags.recipe, flags.overrides)
    return Job(recipe, flags.runs, corpora_dir(), getattr(flags, "model", None))


def quiet_libraries() -> None:
    """Only this project's own words, and progress bars, on stderr."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("GPTQMODEL_CPU_WORKERS", "2")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Send file descriptor 1 to stderr: gptqmodel prints a banner on whatever stdout is."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
