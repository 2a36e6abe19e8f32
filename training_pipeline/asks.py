"""Records become prompts with their answers, view by view; and prompts become packs.

A pack is one row of a batch: the prefix that its prompts share, once, and then each prompt's
own tokens, which see the prefix and themselves but not each other. So the prefix costs
nothing, and every answer is what it would be alone.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from data_preparation.record import Record
from model_package.evidence import Evidence
from model_package.policy import Policy
from model_package.prompt import PromptBuilder
from training_pipeline.recipe import Prompts, Recipe


@dataclass(frozen=True)
class Ask:
    """One prompt and its answer. prefix: of `ids`, how many every prompt of the view shares."""

    ids: tuple[int, ...]
    prefix: int
    answer: int


Pack = tuple[Ask, ...]


def make_builder(tokenizer: object, policy: Policy, prompts: Prompts) -> PromptBuilder:
    """The builder of prompts, with the recipe's budgets."""
    budgets = {"ocr_text": prompts.max_text_tokens, "caption": prompts.max_caption_tokens}
    return PromptBuilder(tokenizer, policy, budgets)


def epoch_asks(
    records: Sequence[Record], builder: PromptBuilder, recipe: Recipe, epoch: int
) -> Iterator[Ask]:
    """One epoch's prompts: each showing of a record is in the next of the views that it fits.

    Or in all of them, if the recipe wants so.
    """
    rng = random.Random(f"{recipe.seed} {epoch}")
    captions = [record.caption for record in records if record.caption]
    shares = {one.corpus: (one.benign, one.harmful) for one in recipe.mix}
    for number, record in enumerate(records):
        times = _times(shares[record.source or ""][record.label or 0], rng)
        for showing in range(times):
            evidence = _evidence(record, captions, recipe.prompts, rng)
            views = builder.policy.asks(evidence)
            if views and recipe.train.views == "turns":
                turn = (number + epoch + showing) % len(views)
                views = views[turn : turn + 1]
            for question, view in views:
                prompt = builder.build(question, view, evidence)
                words = builder.answers[question.id, view.id]
                yield Ask(prompt.ids, prompt.prefix, words.yes if record.label else words.no)


def _times(share: float, rng: random.Random) -> int:
    return int(share) + (rng.random() < share % 1)


def _evidence(
    record: Record, captions: Sequence[str], prompts: Prompts, rng: random.Random
) -> Evidence:
    text = rub_out(record.text or "", prompts.noise, rng)
    caption = record.caption or ""
    if not caption and captions and rng.random() < prompts.borrowed:
        caption = rng.choice(captions)
    return Evidence(rub_out(caption, prompts.noise, rng), text)


def rub_out(text: str, share: float, rng: random.Random) -> str:
    """`text` less that share of its characters, as poor OCR reads it."""
    return "".join(c for c in text if rng.random() >= share) if share else text


def pack(asks: Iterable[Ask], length: int, rng: random.Random, prompts: int = 0) -> list[Pack]:
    """Packs of at most `length` tokens, each of one prefix, in random order.

    A prompt that is longer than `length` has a pack of its own. prompts: of one pack at most;
    0: as many as fit.
    """
    by_prefix: dict[tuple[int, ...], list[Ask]] = defaultdict(list)
    for ask in asks:
        by_prefix[ask.ids[: ask.prefix]].append(ask)
    packs: list[Pack] = []
    for group in by_prefix.values():
        rng.shuffle(group)
        packs += _fill(group, length, prompts)
    rng.shuffle(packs)
    return packs


def _fill(group: Sequence[Ask], length: int, most: int) -> Iterator[Pack]:
    room, taken = 0, list[Ask]()
    for ask in group:
        size = len(ask.ids) - ask.prefix
        if taken and (size > room or len(taken) == most):
            yield tuple(taken)
            taken = []
        if not taken:
            room = length - ask.prefix
        taken.append(ask)
        room -= size
    if taken:
        yield tuple(taken)
