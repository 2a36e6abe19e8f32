"""The card of a data set: what is in it, how it was made, and what it is not good for."""

from collections.abc import Iterable, Mapping, Sequence

from data_preparation.cleaning.report import LABELS, Value, balance, counts_by, table
from data_preparation.record import Record

WARNING = """\
> **Content warning.** Half of these rows are hateful on purpose: they attack people for their race,
> religion, nationality, sex, age, disability or orientation, or call for violence, so that a model
> can learn to recognise such memes. No real person is named. Do not show them to anyone who did
> not ask for them, and do not train a model to write them."""

FIELDS = """\
One JSON object a line: `id`, `caption` (what the picture shows, in English), `text` (what the
meme says), `language`, `label` (1 harmful, 0 benign), `category` (with `/hard_negative` where
a harmless row looks like a harmful one), `source`, `licence`, `group`. Rows of one idea share a
`group`, in whichever language, and an idea is in `train.jsonl` or in `validation.jsonl`, never in
both."""

COMMON = (
    "Every row comes from about a hundred ideas, each filled in many ways, and a model learns "
    "their wording quickly: TF-IDF with logistic regression, on English text, tells rows of ideas "
    "that it has seen almost perfectly (AUROC 0.99) and rows of ideas that it has not hardly "
    "better than chance (0.4 to 0.6). Never split these rows but by `group`.",
    "Captions are drawn from everyday scenes that fit the idea, and say next to nothing about the "
    "label (the same classifier on captions: 0.5 to 0.6): memes whose picture turns a kind text "
    "into a cruel one, or the other way round, are not in here.",
    "Slang, spelling tricks and code words are rare.",
)

BY: dict[str, Value] = {
    "language": lambda row: row.language,
    "category": lambda row: (row.category or "").split("/")[0],
    "kind": lambda row: "hard negative" if "/" in (row.category or "") else "plain",
    "source": lambda row: row.source,
}


def card(
    name: str,
    summary: str,
    weaknesses: Iterable[str],
    splits: Mapping[str, Sequence[Record]],
    dropped: Mapping[str, int],
) -> str:
    """The README.md of the data set `name`; counts are of all splits together."""
    rows = [row for split in splits.values() for row in split]
    found = balance(rows, BY)
    tables = [table(title, found[title]) for title in BY]
    sections = [
        f"# {name}: {summary}",
        WARNING,
        f"{found['rows']} rows of {found['groups']} ideas. {_labels(splits)}",
        FIELDS,
        "## Counts",
        *tables,
        table("language and kind", counts_by(rows, _language_and_kind)),
        "## How it was made",
        _made(name, dropped),
        "## Known weaknesses",
        "\n".join(f"- {one}" for one in (*weaknesses, *COMMON)),
    ]
    return "\n\n".join(sections) + "\n"


def _language_and_kind(row: Record) -> str:
    return f"{row.language}, {BY['kind'](row)}"


def _labels(splits: Mapping[str, Sequence[Record]]) -> str:
    parts = []
    for name, rows in splits.items():
        counts = [f"{sum(row.label == value for row in rows)} {LABELS[value]}" for value in (1, 0)]
        parts.append(f"`{name}.jsonl` has {len(rows)} ({', '.join(counts)})")
    return f"{'; '.join(parts)}."


def _made(name: str, dropped: Mapping[str, int]) -> str:
    gone = ", ".join(f"{count} ({reason})" for reason, count in dropped.items()) or "none"
    return (
        "Every row is drawn from the grammar in `data_preparation/grammar/`, which says the same "
        "in four languages side by side; no text was collected from anybody's account. The rows "
        f"went through `data_preparation.clean`, and it dropped: {gone}. `run.json` has settings "
        "and checksums. To make the same bytes again:\n\n"
        f"    python -m data_preparation.build {name} --output datasets"
    )
