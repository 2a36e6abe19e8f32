"""The tables of a model card, from a recipe and its manifests; knows nothing of the rest of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from data_preparation.record import Record
from data_preparation.registry import find_corpus
from training_pipeline.metrics_page import NAMES, cell
from training_pipeline.recipe import Recipe
from training_pipeline.rows import read_file

CAPTIONS = {"bleu4": "BLEU-4", "rouge_l": "ROUGE-L", "cider": "CIDEr"}
REMARKS = {
    "davidson": "In Davidson only the hate class counts as harmful; offensive words without hate "
    "are benign.",
    "harmc": "Harm-C's pictures have no licence of their own: trained on, never passed on. Its "
    "captions are\nanother model's output.",
}
MODELS = {
    "full": "AUROC full",
    "quantized": "AUROC shipped",
    "tfidf": "AUROC TF-IDF, told the source",
    "tfidf_one": "AUROC TF-IDF, one model",
}
SHIPPED = {name: title for name, title in NAMES.items() if name != "auroc"}


def data(recipe: Recipe) -> str:
    """Every corpus and every file of records: source, licence and class; what to know of them."""
    lines = ["| data | source | licence | class |", "| --- | --- | --- | --- |"]
    for one in map(find_corpus, recipe.corpora()):
        origin = f"{one.repository} {one.commit[:8]}"
        lines.append(f"| {one.name} | {origin} | {one.licence} | {one.usage} |")
    for name in recipe.records:
        licences = sorted({record.licence or "not stated" for record in _records(name)})
        short = "/".join(Path(name).with_suffix("").parts[-2:])
        lines.append(f"| {short} | `{name}` | {', '.join(licences)} | open |")
    remarks = [REMARKS[name] for name in recipe.corpora() if name in REMARKS]
    return "\n\n".join(["\n".join(lines), *remarks])


def languages(recipe: Recipe) -> list[str]:
    """The languages of the data."""
    named = {find_corpus(name).language for name in recipe.corpora()}
    return sorted(
        named | {one.language or "" for n in recipe.records for one in _records(n)} - {""}
    )


def _records(name: str) -> Iterator[Record]:
    return (row for row in read_file(Path(name)) if isinstance(row, Record))


def quality(metrics: Mapping[str, Any]) -> str:
    """By source and by language: AUROC of each model, then the other measures as shipped."""
    sources = {name: metrics[name] for name in MODELS}
    parts = (("source", sources), ("language", metrics["language"]))
    return "\n\n".join(table for title, models in parts for table in _tables(title, models))


def _tables(title: str, models: Mapping[str, Any]) -> Iterator[str]:
    shipped = models["quantized"]
    ranks = [f"| {title} | rows | {' | '.join(MODELS.values())} |", "| --- " * 6 + "|"]
    rest = [f"| {title}, as shipped | {' | '.join(SHIPPED.values())} |", "| --- " * 6 + "|"]
    for name, one in sorted(shipped.items(), key=lambda pair: (-pair[1]["rows"], pair[0])):
        found = (models[model].get(name, {}) for model in MODELS)
        values = " | ".join(cell(each.get("auroc")) for each in found)
        ranks.append(f"| {name} | {one['rows']} | {values} |")
        rest.append(f"| {name} | {' | '.join(cell(one[measure]) for measure in SHIPPED)} |")
    yield "\n".join(ranks)
    yield "\n".join(rest)


def captioner(metrics: Mapping[str, Any]) -> str:
    """How the captioner compares with the best constant caption; empty where it was not scored."""
    if "scores" not in metrics:
        return ""
    scores = metrics["scores"]
    lines = [
        f"\nThe captioner, on {scores['captioner']['captions']} pictures that it never saw, for "
        f"which it wrote {scores['captioner']['distinct']} different\ncaptions; *constant* is the "
        "one caption that, written for every picture, does best.\n",
        "| | captioner | constant | difference |",
        "| --- | --- | --- | --- |",
    ]
    for name, title in CAPTIONS.items():
        values = (cell(scores[who][name]) for who in ("captioner", "constant", "difference"))
        lines.append(f"| {title} | {' | '.join(values)} |")
    return "\n".join(lines) + "\n"


def seconds(manifests: Mapping[str, Mapping[str, Any]]) -> str:
    """What each stage took."""
    return ", ".join(f"{verb} {one['seconds']:.0f}" for verb, one in manifests.items())
