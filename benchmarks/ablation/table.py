"""The comparisons as rows of values, and as a Markdown table; knows no models."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.ablation.arms import Comparison
from benchmarks.ablation.compare import Arm, compare
from benchmarks.ablation.memes import HeldOut

ALL = "all"
HEAD = "| this, against that | memes | AUROC | that | difference | accuracy | that | difference |"


def rows(
    memes: Sequence[HeldOut], arms: dict[str, Arm], wanted: Sequence[Comparison], seed: int
) -> Iterator[dict[str, Any]]:
    """Each comparison on all memes, then on each part that has harmful and benign ones."""
    parts = {ALL: list(range(len(memes)))}
    for n, meme in enumerate(memes):
        parts.setdefault(meme.part, []).append(n)
    for part, picks in parts.items():
        labels = [memes[n].label for n in picks]
        for one in wanted if len(set(labels)) == 2 else ():
            ours, other = arms[one.ours].take(picks), arms[one.other].take(picks)
            found = compare(labels, ours, other, seed)
            yield {"what": one.what, "part": part, "memes": len(picks), **found}


def tables(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of two tables: of all memes, and of each part of them."""
    yield from markdown([row for row in found if row["part"] == ALL])
    yield ""
    yield from markdown([row for row in found if row["part"] != ALL])


def markdown(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of the table; differences with their 95 % intervals."""
    yield HEAD
    yield "| --- " * (HEAD.count("|") - 1) + "|"
    for row in found:
        memes = f"{row['part']} ({row['memes']})"
        yield f"| {row['what']} | {memes} | {_cells(row['auroc'])} | {_cells(row['accuracy'])} |"


def _cells(value: dict[str, float]) -> str:
    spread = f" ± {value['spread']:.3f}" if value["spread"] else ""
    interval = f"{value['difference']:+.3f} [{value['low']:+.3f}, {value['high']:+.3f}]"
    return f"{value['ours']:.3f} | {value['other']:.3f}{spread} | {interval}"
