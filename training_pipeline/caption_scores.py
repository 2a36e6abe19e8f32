"""How near captions come to reference captions: BLEU-4, ROUGE-L and CIDEr, with intervals.

Each caption has one reference. Words are compared in lower case and without punctuation, as
COCO's evaluation does. Knows no models.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training_pipeline.cider import cider

Floats = NDArray[np.float64]
WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
DRAWS = 1000


@dataclass(frozen=True)
class Measure:
    """rows: (captions, references) to a table (captions, columns). total: summed rows to values.

    total takes (draws, columns) and how many captions were summed, and gives (draws,).
    """

    rows: Callable[[Sequence[str], Sequence[str]], Floats]
    total: Callable[[Floats, int], Floats]


def plain(caption: str) -> str:
    """The words of `caption` in lower case, one space apart."""
    joined = re.sub(r"\s*'\s*", "'", caption.lower())  # word pieces part "i ' m"
    return " ".join(WORDS.findall(joined))


def rate(
    captions: Sequence[str], references: Sequence[str], train: Sequence[str]
) -> dict[str, Any]:
    """`score` of the captions, `constant`: of the best constant ones, and `compare` of the two."""
    constants = best_constants(train)
    baseline = {
        name: score([text] * len(references), references)[name] for name, text in constants.items()
    }
    return {
        "captioner": score(captions, references),
        "constant": {**baseline, "texts": constants},
        "difference": compare(captions, constants, references),
    }


def score(captions: Sequence[str], references: Sequence[str]) -> dict[str, Any]:
    """Each of `MEASURES` with the bounds of its 95 % bootstrap interval; distinct captions."""
    values = {name: _interval(_drawn(one, captions, references)) for name, one in MEASURES.items()}
    return {"captions": len(captions), "distinct": len(set(map(plain, captions))), **values}


def compare(
    captions: Sequence[str], others: dict[str, str], references: Sequence[str]
) -> dict[str, Any]:
    """By measure: how far `captions` are above the constant caption that `others` has for it.

    Both are measured on the same resamples, so an interval above 0 is no luck of the draw.
    """
    found = {}
    for name, one in MEASURES.items():
        constant = [others[name]] * len(references)
        here, there = (_drawn(one, texts, references) for texts in (captions, constant))
        found[name] = _interval(here - there)
    return found


def best_constants(references: Sequence[str], most: int = 300) -> dict[str, str]:
    """By measure: the caption which, given for every picture of `references`, scores highest.

    It is looked for among `most` captions, the commonest first, against `most` references.
    """
    common = [text for text, _ in Counter(references).most_common(most // 2)]
    rng = random.Random("constant")
    tried = sorted({*common, *rng.sample(list(references), min(most // 2, len(references)))})
    against = rng.sample(list(references), min(most, len(references)))
    best = {}
    for name, one in MEASURES.items():
        values = [_value(one, [text] * len(against), against) for text in tried]
        best[name] = tried[int(np.argmax(values))]
    return best


def _value(one: Measure, captions: Sequence[str], references: Sequence[str]) -> float:
    table = one.rows([*map(plain, captions)], [*map(plain, references)])
    return float(one.total(table.sum(axis=0, keepdims=True), len(captions))[0])


def _drawn(one: Measure, captions: Sequence[str], references: Sequence[str]) -> Floats:
    """The value, and its value on each resample: (1 + DRAWS,)."""
    table = one.rows([*map(plain, captions)], [*map(plain, references)])
    count = len(references)
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), DRAWS)
    weights = np.concatenate([np.ones((1, count)), draws])
    return one.total(weights @ table, count)


def _interval(values: Floats) -> dict[str, float]:
    low, high = np.quantile(values[1:], (0.025, 0.975))
    found = {"value": values[0], "low": low, "high": high}
    return {name: round(float(number), 4) for name, number in found.items()}


def _bleu_rows(captions: Sequence[str], references: Sequence[str]) -> Floats:
    from sacrebleu.metrics import BLEU  # noqa: PLC0415

    bleu = BLEU(tokenize="none", effective_order=True)
    scores = [
        bleu.sentence_score(ours, [theirs])
        for ours, theirs in zip(captions, references, strict=True)
    ]
    return np.array([[*one.counts, *one.totals, one.sys_len, one.ref_len] for one in scores], float)


def _bleu(sums: Floats, _: int) -> Floats:
    """Papineni et al. 2002, 0 to 100; 0 where no run of four words is right."""
    right, all_, ours, theirs = sums[:, :4], sums[:, 4:8], sums[:, 8], sums[:, 9]
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.exp(np.log(right / np.maximum(all_, 1)).mean(axis=1))
    return np.asarray(100 * precision * np.exp(np.minimum(0, 1 - theirs / np.maximum(ours, 1))))


def _rouge_rows(captions: Sequence[str], references: Sequence[str]) -> Floats:
    """F1 of the longest common subsequence of words (Lin 2004)."""
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415

    scorer = RougeScorer(["rougeL"])
    pairs = zip(captions, references, strict=True)
    return np.array([[scorer.score(theirs, ours)["rougeL"].fmeasure] for ours, theirs in pairs])


def _cider_rows(captions: Sequence[str], references: Sequence[str]) -> Floats:
    return cider(captions, references)[:, None]


def _mean(sums: Floats, count: int) -> Floats:
    return sums[:, 0] / count


MEASURES = {
    "bleu4": Measure(_bleu_rows, _bleu),
    "rouge_l": Measure(_rouge_rows, _mean),
    "cider": Measure(_cider_rows, _mean),
}
