"""Answers as a chat gives them: a few tokens are sampled, and a yes or a no is looked for in them.

What the system does in place of this is read both words' logits (model_package/score.py).
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from model_package.evidence import Evidence
from model_package.gptq import load_causal_lm
from model_package.policy import Question
from model_package.profile import LanguageModel
from model_package.prompt import Prompt, PromptBuilder
from model_package.score import choose_dtype

TOKENS = 4  # sampled for one answer

Answers = dict[str, float]


class Sampler:
    """Samples answers to a policy's questions; `draws` times each, at temperature 1."""

    def __init__(self, model: Any, builder: PromptBuilder, draws: int) -> None:
        self.model = model
        self.builder = builder
        self.draws = draws
        self.unparsed = self.asked = 0

    def sample(self, evidences: Sequence[Evidence], seed: int) -> list[list[Answers]]:
        """For each draw, for each evidence, 1 for yes, 0 for no, keyed `question/view`.

        An answer that is neither is the policy's fallback, as nothing is known.
        """
        torch.manual_seed(seed)
        drawn: list[list[Answers]] = [[{} for _ in evidences] for _ in range(self.draws)]
        for row, evidence in enumerate(evidences):
            for question, view in self.builder.policy.asks(evidence):
                replies = self._replies(self.builder.build(question, view, evidence))
                for draw, reply in enumerate(replies):
                    drawn[draw][row][f"{question.id}/{view.id}"] = self._value(reply, question)
            if row % 50 == 49:
                print(f"sampled {row + 1} of {len(evidences)} memes", file=sys.stderr)
        return drawn

    def _value(self, reply: str, question: Question) -> float:
        self.asked += 1
        found = parse(reply, question)
        self.unparsed += found is None
        return self.builder.policy.fallback if found is None else found

    @torch.inference_mode()
    def _replies(self, prompt: Prompt) -> list[str]:
        ids = torch.tensor([prompt.ids] * self.draws, device=self.model.device)  # (draws, seq)
        tokenizer = self.builder.tokenizer
        whole = self.model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            max_new_tokens=TOKENS,
            pad_token_id=tokenizer.pad_token_id or tokenizer.eos_token_id or 0,
        )
        return list(tokenizer.batch_decode(whole[:, ids.shape[1] :], skip_special_tokens=True))


def parse(reply: str, question: Question) -> float | None:
    """1 where `reply` begins with the question's yes, 0 with its no, whatever the case."""
    said = reply.strip().casefold()
    for word, value in ((question.yes, 1.0), (question.no, 0.0)):
        if said.startswith(word.casefold()):
            return value
    return None


def load_sampler(
    folder: Path, settings: LanguageModel, like: PromptBuilder, draws: int, device: torch.device
) -> Sampler:
    """The model in `folder` with its whole output head, which a scorer cuts down to two words."""
    dtype = choose_dtype(settings.dtype, device)
    return Sampler(load_causal_lm(folder, settings.kernel, dtype, device), like, draws)
