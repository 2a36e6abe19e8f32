"""The model card: what the weights were made from, how, how good they are, and their limits."""

from collections.abc import Iterator, Mapping
from typing import Any

from training_pipeline.card_tables import captioner, data, languages, quality, seconds
from training_pipeline.recipe import Recipe
from training_pipeline.settings import Fit

Manifests = Mapping[str, Mapping[str, Any]]

CARD = """# {name}: weights made by training_pipeline/

{summary}.
Made by `python -m training_pipeline.ladder --recipe {name}`; every number below is read off that
run's manifests. Licence of the weights: Apache-2.0, the project's own, as far as it goes.

{models}

## Data

Class *open*: weights and data made from it may be shared. Nothing of class *study* was used.

{data}

## Recipe

`training_pipeline/recipes/{name}.toml`, seed {seed}, policy `{policy}`, whose prompts the language
model was tuned on, the loss on the answer alone.

{recipe}

Seconds of each stage's last uninterrupted part: {seconds}.

## Quality

On rows that no stage of training read (a validation file, else a grouped tenth);
{rows}. *Full* is the model before quantizing, *shipped* the one beside this card.
TF-IDF is logistic regression on the same training rows: one model a source, which is told the
source as the language model is not, or one for all. In brackets, the 95 % interval of 1000
bootstrap draws of whole groups of near copies; ECE is the expected calibration error in 15 equally
wide bins. Captions and texts are the corpora's own here, not read off pictures.

{quality}
{captioner}
## Limits

{notes}
- Small corpora, with their annotators' judgements and slips in them, and few languages:
  {languages}. What it makes of other languages and dialects was not measured.
- The label's threshold and the probability's temperature are the profile's, or where it has none
  the policy's; the figures above are at the policy's own threshold.
- Mentions of an identity, counter-speech, reclaimed words and quoted insults are the classic
  false alarms; hints, irony, and harm that needs the picture and the text together the classic
  misses.

## Must not be used

To punish, profile or silence a person without a human's review; where nobody can appeal; to judge
speech in a language or community that it was not measured on; as evidence of anyone's intent.
"""


def model_card(recipe: Recipe, manifests: Manifests) -> str:
    """The card's Markdown, from the recipe and each verb's manifest."""
    metrics = {verb: manifest["metrics"] for verb, manifest in manifests.items()}
    rows = f"at most {recipe.evaluate_rows} rows a source" if recipe.evaluate_rows else "all rows"
    return CARD.format(
        name=recipe.name,
        summary=recipe.summary[0].upper() + recipe.summary[1:],
        models="\n".join(_models(recipe, metrics)),
        data=data(recipe),
        seed=recipe.seed,
        policy=recipe.policy,
        recipe="\n".join(_stages(recipe)),
        seconds=seconds(manifests),
        rows=rows,
        quality=quality(metrics["evaluate"]),
        captioner=captioner(metrics.get("train_captioner", {})),
        notes="\n".join(f"- {note}" for note in recipe.notes) or "- No others are known yet.",
        languages=", ".join(languages(recipe)),
    )


def _models(recipe: Recipe, metrics: Mapping[str, Any]) -> Iterator[str]:
    one = recipe.quantize
    if recipe.lm and "pretrain" in metrics:
        yield (
            "- `lm/`: a Mistral-class language model from scratch, with its own case-blind "
            f"byte-level BPE tokenizer of\n  {recipe.lm.vocabulary} tokens of words and "
            f"{recipe.lm.phrases} of phrases; "
            f"{metrics['pretrain']['parameters']:,} parameters, linear layers in GPTQ {one.bits} "
            f"bits (group {one.group})."
        )
    else:
        yield (
            f"- `lm/`: the model in `{recipe.base}`, tuned; linear layers in GPTQ {one.bits} bits "
            f"(group {one.group}). Its own licence holds besides."
        )
    if "train_captioner" in metrics:
        size, pictures = (metrics["train_captioner"][key] for key in ("parameters", "pictures"))
        yield f"- `captioner/`: a BLIP of {size:,} parameters, from scratch on {pictures} pictures."


def _stages(recipe: Recipe) -> Iterator[str]:
    yield "| stage | epochs | steps at most | batch | learning rate | what changes |"
    yield "| --- | --- | --- | --- | --- | --- |"
    adapter = recipe.adapter
    low_rank = f"{adapter.kind}, r {adapter.r}, alpha {adapter.alpha}"
    changes = "all weights" if adapter.kind == "full" else low_rank
    if recipe.pretrain:
        yield _stage("pretrain", recipe.pretrain, "all weights, from random ones")
    kept = "" if adapter.kept == 1 else f"; {adapter.kept:g} of each change is kept"
    if recipe.teacher:
        told = f"its word weighs {recipe.teacher.weight:g}, a label the rest"
        yield f"| teacher |{' – |' * 4} nothing: linear models judge each other's rows; {told} |"
    if recipe.warm_start:
        yield f"| warm_start |{' – |' * 4} linear models of tokens are written into the weights |"
    yield _stage("train", recipe.train, changes + kept, recipe.processes)
    if recipe.captioner:
        yield _stage("train_captioner", recipe.captioner.fit, "all weights, from random ones")


def _stage(verb: str, fit: Fit, changes: str, processes: int = 1) -> str:
    batch = fit.batch * fit.accumulate * processes
    steps = fit.steps or "–"
    return f"| {verb} | {fit.epochs} | {steps} | {batch} | {fit.learning_rate:g} | {changes} |"
