"""The battery's results as Markdown: one table of all languages, one of each language's shifts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

HEAD = (
    "attack",
    "shift",
    "most",
    "control",
    "own (95 %)",
    "flips",
    "control flips",
    "AUROC, all attacked (change, 95 %)",
    "AUROC, aimed",
)
Cells = Mapping[str, Mapping[str, Any]]  # by language, `all` among them


def tables(found: Mapping[str, Cells], languages: Sequence[str]) -> Iterator[str]:
    """Lines of Markdown. found: cells by attack."""
    yield "Shifts are of the logit; flips, of the verdicts that the attack would turn."
    yield ""
    yield from _lines(HEAD, ([name, *_columns(cells["all"])] for name, cells in found.items()))
    yield ""
    yield "Mean shift of the logit and flips, by language:"
    yield ""
    rows = ([name, *(_short(cells.get(one)) for one in languages)] for name, cells in found.items())
    yield from _lines(("attack", *languages), rows)


def _columns(cell: Mapping[str, Any]) -> Iterator[str]:
    own, control, ranking = cell.get("own"), cell.get("control"), cell["auroc"]
    yield f"{cell['shift']['logit']:+.2f}"
    yield f"{cell['most']['logit']:+.2f}"
    yield f"{control['logit']:+.2f}" if control else ""
    yield f"{own['logit']:+.2f} ({own['low']:+.2f} to {own['high']:+.2f})" if own else ""
    yield _share(cell["flips"])
    yield _share(control["flips"]) if control else ""
    change = f"{ranking['difference']:+.3f}, {ranking['low']:+.3f} to {ranking['high']:+.3f}"
    yield f"{ranking['attacked']:.3f} ({change})"
    yield f"{ranking['aimed']:.3f}"


def _short(cell: Mapping[str, Any] | None) -> str:
    return f"{cell['shift']['logit']:+.2f}, {_share(cell['flips'])}" if cell else ""


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}".replace("%", " %")


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' --: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
