"""The model card: what the weights were made from, how, how good they are, and their limits."""

from collections.abc import Iterable, Mapping
from typing import Any

from data_preparation.registry import Corpus, find_corpus
from training_pipeline.recipe import Recipe, need

Manifests = Mapping[str, Mapping[str, Any]]

CARD = """# {name}: weights made by training_pipeline/

{summary}.
Made by `python -m training_pipeline.ladder --recipe {name}`; every number below is read off that
run. Licence of the weights: Apache-2.0, the project's own.

- `lm/`: a Mistral-class language model with its own case-blind byte-level BPE tokenizer of
  {vocabulary} tokens; {parameters:,} parameters, linear layers in GPTQ {bits} bits (group {group}).
  It answers the policy `{policy}`, whose prompts it was tuned on, the loss on the answer alone.
- `captioner/`: a BLIP of {blip:,} parameters, from scratch on {pictures} pictures.

## Data

All of it is public and of class *open*; nothing of class *study* was used.

| corpus | source | licence |
| --- | --- | --- |
{corpora}

In Davidson only the hate class counts as harmful; offensive words without hate are benign.
Harm-C's pictures have no licence of their own: trained on, never passed on. Its captions are
another model's output.

## Quality

On validation rows that no stage of training read (COLD's dev file, Harm-C's val file, else a
grouped tenth): AUROC with its 95 % bootstrap interval. TF-IDF is logistic regression, one
model a corpus, on the same training rows. Harm-C here is its gold text and ClipCap's captions.

| corpus | rows | full precision | as shipped | accuracy as shipped | TF-IDF |
| --- | --- | --- | --- | --- | --- |
{scores}

At most {rows} rows a corpus were scored. Seconds on two shared cores, of each stage's last
uninterrupted part: {seconds}.

## Limits

{notes}
- Small models from small corpora, with their annotators' judgements and slips in them. The
  threshold is the policy's own, not tuned.
- No Malay was trained on. Chinese is mainland, Tamil mostly film comments from YouTube.
- The captioner learnt from 3,000 memes of American politics and the pandemic, and machine
  captions; its words say little of what a picture shows.
- Harm that needs the picture and the text together is mostly missed.

## Must not be used

To punish, profile or silence a person without a human's review; to judge speech in a language
or community that it was not measured on; as evidence of anyone's intent.
"""


def model_card(recipe: Recipe, manifests: Manifests) -> str:
    """The card's Markdown, from the recipe and each verb's manifest."""
    metrics = {verb: manifest["metrics"] for verb, manifest in manifests.items()}
    return CARD.format(
        name=recipe.name,
        summary=recipe.summary[0].upper() + recipe.summary[1:],
        policy=recipe.policy,
        vocabulary=need(recipe.lm, "lm").vocabulary,
        parameters=metrics["pretrain"]["parameters"],
        bits=recipe.quantize.bits,
        group=recipe.quantize.group,
        blip=metrics["train_captioner"]["parameters"],
        pictures=metrics["train_captioner"]["pictures"],
        corpora=_corpora(find_corpus(name) for name in recipe.corpora()),
        scores=_scores(metrics["evaluate"]),
        rows=recipe.evaluate_rows or "all",
        notes="\n".join(f"- {note}" for note in recipe.notes),
        seconds=", ".join(f"{verb} {one['seconds']:.0f}" for verb, one in manifests.items()),
    )


def _corpora(corpora: Iterable[Corpus]) -> str:
    rows = (
        f"| {one.name} | {one.repository} {one.commit[:8]} | {one.licence} |" for one in corpora
    )
    return "\n".join(rows)


def _scores(metrics: Mapping[str, Any]) -> str:
    return "\n".join(
        f"| {source} | {shipped['rows']} | {_interval(metrics['full'][source]['auroc'])} "
        f"| {_interval(shipped['auroc'])} | {_interval(shipped['accuracy'])} "
        f"| {_interval(metrics['tfidf'][source]['auroc'])} |"
        for source, shipped in metrics["quantized"].items()
    )


def _interval(score: Mapping[str, float]) -> str:
    return f"{score['value']:.3f} ({score['low']:.3f}-{score['high']:.3f})"
