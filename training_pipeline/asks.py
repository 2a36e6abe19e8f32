"""Records become prompts with their answers, view by view; and prompts become packs.

A pack is one row of a batch: the prefix that its prompts share, once, and then each prompt's
own tokens, which see the prefix and themselves but not each other. So the prefix costs
nothing, and every answer is what it would be alone.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from data_preparation import ocr_noise
from data_preparation.record import Record
from model_package.evidence import Evidence
from model_package.policy import Policy
from model_package.prompt import PromptBuilder
from training_pipeline.attacked import attack
from training_pipeline.recipe import Recipe
from training_pipeline.settings import Prompts, Teacher


@dataclass(frozen=True)
class Ask:
    """One prompt and its answer.

    prefix: of `ids`, how many every prompt of the view shares. rival: the other answer, which
    is the right one with the chance `doubt`.
    """

    ids: tuple[int, ...]
    prefix: int
    answer: int
    rival: int = 0
    doubt: float = 0.0


Pack = tuple[Ask, ...]


def make_builder(tokenizer: object, policy: Policy, prompts: Prompts) -> PromptBuilder:
    """The builder of prompts, with the recipe's budgets."""
    budgets = {"ocr_text": prompts.max_text_tokens, "caption": prompts.max_caption_tokens}
    return PromptBuilder(tokenizer, policy, budgets)


def epoch_asks(
    records: Sequence[Record],
    builder: PromptBuilder,
    recipe: Recipe,
    epoch: int,
    teacher: Mapping[str, float] = MappingProxyType({}),
) -> Iterator[Ask]:
    """One epoch's prompts: each showing of a record is in the next of the views that it fits.

    Or in all of them, if the recipe wants so. teacher: P(harmful) by id, for records that have it.
    """
    rng = random.Random(f"{recipe.seed} {epoch}")
    captions = [record.caption for record in records if record.caption]
    shares = {one.corpus: (one.benign, one.harmful) for one in recipe.mix}
    for number, record in enumerate(records):
        times = _times(shares[record.source or ""][record.label or 0], rng)
        for showing in range(times):
            evidence = shown(record, captions, recipe.prompts, rng)
            views = builder.policy.asks(evidence)
            if views and recipe.train.views == "turns":
                turn = (number + epoch + showing) % len(views)
                views = views[turn : turn + 1]
            for question, view in views:
                prompt = builder.build(question, view, evidence)
                words = builder.answers[question.id, view.id]
                answers = (words.yes, words.no) if record.label else (words.no, words.yes)
                doubt = doubt_of(record, teacher, recipe.teacher)
                yield Ask(prompt.ids, prompt.prefix, *answers, doubt)


def doubt_of(record: Record, teacher: Mapping[str, float], settings: Teacher | None) -> float:
    """How likely the record's label is wrong, by the teacher's weight and the teacher's word."""
    if settings is None or record.id not in teacher:
        return 0.0
    harmful = teacher[record.id]
    return settings.weight * (1 - harmful if record.label else harmful)


def _times(share: float, rng: random.Random) -> int:
    return int(share) + (rng.random() < share % 1)


def shown(
    record: Record, captions: Sequence[str], prompts: Prompts, rng: random.Random
) -> Evidence:
    """What a prompt shows of a record: spoiled, attacked, or with one of `captions`, by chance."""
    text = rub_out(_misread(record, prompts.misread, rng), prompts.noise, rng)
    if prompts.attacked and text and rng.random() < prompts.attacked:
        text = attack(text, record.language or "", rng)
    caption = record.caption or ""
    if not caption and captions and rng.random() < prompts.borrowed:
        caption = rng.choice(captions)
    return Evidence(rub_out(caption, prompts.noise, rng), text)


def _misread(record: Record, share: float, rng: random.Random) -> str:
    """The record's text, or with the chance `share` as OCR was seen to read such text."""
    text = record.text or ""
    if not text or rng.random() >= share:
        return text
    return ocr_noise.apply(text, record.language or "en", rng.getrandbits(32)) or text


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
