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
from typing import Any

from data_preparation.registry import corpora_dir, find_corpus
from model_package.errors import UserError
from training_pipeline import processes
from training_pipeline.recipe import Recipe, load_recipe

# Flags that some verbs have; each is a field of `Job`.
FLAGS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "--records": (
        ("train", "quantize", "ladder"),
        {
            "type": Path,
            "action": "append",
            "default": [],
            "metavar": "FILE.jsonl",
            "help": "more rows: records with a label or messages, or prompts with completions",
        },
    ),
    "--model": (
        ("evaluate", "quantize"),
        {"type": Path, "metavar": "FOLDER", "help": "this model, in place of the recipe's own"},
    ),
    "--output": (
        ("quantize",),
        {"type": Path, "metavar": "FOLDER", "help": "where the quantized model goes"},
    ),
    "--checkpoint": (
        ("merge",),
        {"type": int, "metavar": "STEP", "help": "the adapter as it was at this step"},
    ),
}


@dataclass(frozen=True)
class Job:
    """A recipe, the folder of its runs, and where corpora are read from.

    records: files of rows to learn from besides the recipe's. model: a folder in place of the
    recipe's own models; output: where what is made goes. checkpoint: for merge: the step of an
    earlier adapter.
    """

    recipe: Recipe
    runs: Path
    corpora: Path
    model: Path | None = None
    records: tuple[Path, ...] = ()
    output: Path | None = None
    checkpoint: int | None = None

    def folder(self, verb: str) -> Path:
        """Where `verb` of this recipe leaves its output."""
        return self.runs / self.recipe.name / verb

    def corpus_files(self) -> tuple[Path, ...]:
        """Every file of the recipe's corpora."""
        corpora = [find_corpus(name) for name in self.recipe.corpora()]
        return tuple(self.corpora / name for corpus in corpora for name in corpus.files())


def main(verb: str, work: Callable[[Job], object], argv: list[str] | None = None) -> int:
    """Run `work` on the job that the command line asks for; the process's exit code."""
    return command(verb, lambda: work(parse(verb, argv)))


def command(verb: str, work: Callable[[], object]) -> int:
    """Run `work`; the process's exit code, after one line on stderr if the user can mend it, or
    has stopped it."""
    try:
        quiet_libraries()
        work()
    except UserError as error:
        processes.tell(f"{verb}: {error}")
        return 2
    except KeyboardInterrupt:
        processes.tell(f"{verb}: stopped; the same command goes on from here")
        return 130
    return 0


def parse(verb: str, argv: list[str] | None = None) -> Job:
    """The job that the command line asks for."""
    parser = argparse.ArgumentParser(prog=f"python -m training_pipeline.{verb}")
    parser.add_argument("--recipe", required=True, help="a name in recipes/, or a .toml file")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of all output")
    for name, (verbs, settings) in FLAGS.items():
        if verb in verbs:
            parser.add_argument(name, **settings)
    parser.add_argument("overrides", nargs="*", help="settings, such as train.epochs=2")
    flags = vars(parser.parse_intermixed_args(argv))
    recipe = load_recipe(flags.pop("recipe"), flags.pop("overrides"))
    flags["records"] = tuple(flags.get("records", ()))
    return Job(recipe=recipe, corpora=corpora_dir(), **flags)


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
