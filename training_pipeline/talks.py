"""Chats and prompts with completions become token ids, some of which are to be learnt.

Of a chat the assistant's turns are learnt, of a completion row its completion; the rest is only
read. Knows nothing of policies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jinja2 import TemplateError
from torch import Tensor
from torch.nn.functional import pad

from model_package.errors import UserError
from training_pipeline.asks import Pack
from training_pipeline.batches import Batch, collate
from training_pipeline.rows import Chat, Completion

Span = tuple[int, int]


@dataclass(frozen=True)
class Talk:
    """Token ids, and the places of those that are to be learnt; none of them is the first."""

    ids: tuple[int, ...]
    learnt: tuple[int, ...]


Example = Pack | Talk


def make_talks(tokenizer: Any, rows: Iterable[Chat | Completion], length: int) -> list[Talk]:
    """Every row as a talk, less those of which nothing is left to learn within `length`."""
    talks = (make_talk(tokenizer, row, length) for row in rows)
    return [talk for talk in talks if talk is not None]


def make_talk(tokenizer: Any, row: Chat | Completion, length: int) -> Talk | None:
    """The row as at most `length` tokens; None where nothing of it is left to learn."""
    if isinstance(row, Chat):
        text, spans = _render(tokenizer, row)
    else:
        start = (tokenizer.bos_token or "") + row.prompt
        text = start + row.completion + (tokenizer.eos_token or "")
        spans = [(len(start), len(text))]
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    places = (
        place
        for place, (begin, end) in enumerate(coded["offset_mapping"][:length])
        if place and begin < end and any(a < end <= b for a, b in spans)
    )
    talk = Talk(tuple(coded["input_ids"][:length]), tuple(places))
    return talk if talk.learnt else None


def _render(tokenizer: Any, row: Chat) -> tuple[str, list[Span]]:
    """The chat's text by the tokenizer's template, and where the assistant's turns stand in it."""
    if not tokenizer.chat_template:
        raise UserError(f"{row.where}: the model's tokenizer has no chat template for messages")
    messages = [_harmless(tokenizer, message) for message in row.messages]
    spans = []
    for place, message in enumerate(messages):
        if message["role"] == "assistant":
            before = _template(tokenizer, messages[:place], row.where, True)
            upto = _template(tokenizer, messages[: place + 1], row.where, False).rstrip()
            spans.append((len(before), len(upto)))
            if not upto.startswith(before):
                raise UserError(f"{row.where}: the chat template rewrites what came before a turn")
    return _template(tokenizer, messages, row.where, False), spans


def _harmless(tokenizer: Any, message: dict[str, str]) -> dict[str, str]:
    """The message without the tokenizer's control tokens: only the template may write them."""
    content = message["content"]
    for token in filter(None, tokenizer.get_added_vocab()):
        content = content.replace(token, "")
    return {**message, "content": content}


def _template(tokenizer: Any, messages: Sequence[Any], where: str, ask: bool) -> str:
    try:
        return str(
            tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=ask, enable_thinking=False
            )
        )
    except (TemplateError, ValueError) as error:  # the latter where nothing was said before
        raise UserError(f"{where}: the model's chat template refuses it: {error}") from error


def collate_mixed(examples: Sequence[Example]) -> Batch:
    """A batch of packs and talks, in the form of `batches.collate`."""
    packs = [one for one in examples if not isinstance(one, Talk)]
    talks = [one for one in examples if isinstance(one, Talk)]
    parts = [collate(packs)] if packs else []
    parts += [_collate_talks(talks)] if talks else []
    return parts[0] if len(parts) == 1 else _join(parts)


def _collate_talks(talks: Sequence[Talk]) -> Batch:
    width = max(len(talk.ids) for talk in talks)
    ids = torch.tensor([[*talk.ids, *[0] * (width - len(talk.ids))] for talk in talks])
    keep = torch.zeros_like(ids, dtype=torch.bool)
    for row, talk in enumerate(talks):
        keep[row, [place - 1 for place in talk.learnt]] = True  # a token is told by the one before
    answers = torch.tensor([talk.ids[place] for talk in talks for place in talk.learnt])
    causal = torch.ones(width, width, dtype=torch.bool).tril()
    return {
        "input_ids": ids,
        "position_ids": torch.arange(width).expand(len(talks), width),
        "attention_mask": causal.expand(len(talks), 1, width, width),
        "logits_to_keep": keep,
        "labels": answers,
        "rivals": answers,
        "doubts": torch.zeros(len(answers)),
    }


def _join(parts: Sequence[Batch]) -> Batch:
    width = max(part["input_ids"].shape[1] for part in parts)
    names = ("input_ids", "position_ids", "logits_to_keep")
    batch = {name: torch.cat([_widen(part[name], width) for part in parts]) for name in names}
    for name in ("labels", "rivals", "doubts"):
        batch[name] = torch.cat([part[name] for part in parts])
    masks = torch.cat(
        [_widen(_widen(part["attention_mask"], width).mT, width).mT for part in parts]
    )
    # Padding sees itself: a row of attention that sees nothing would be no number.
    batch["attention_mask"] = masks | torch.eye(width, dtype=torch.bool)
    return batch


def _widen(values: Tensor, width: int) -> Tensor:
    return pad(values, (0, width - values.shape[-1]))
