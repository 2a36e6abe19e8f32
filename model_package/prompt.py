"""Evidence and a question become token ids; training and inference both come through here.

A prompt is made of segments: trusted text from the policy and the model's chat template, and
untrusted text from the meme. Each is tokenized on its own and joined as ids. So the first
segment is the same ids for every row, what a meme says can never become a control token, and
cutting the middle out of a long text never touches the question after it. Knows nothing of
models' weights.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from jinja2 import TemplateError

from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.normalise import plain
from model_package.policy import FIELDS, Policy, Question, View

MARK = re.compile("\ue000(\\w+)\ue001")  # stands for a field while a chat template is rendered
ANCHOR = "\ue002"  # encoded before a segment so that no tokenizer adds or drops a space there
FAR = 64  # characters a token of the budget that are looked at, and
MANY = 16  # budgets of tokens
S = TypeVar("S", str, list[int])


@dataclass(frozen=True)
class Prompt:
    """Token ids of one prompt; the first `prefix` of them are the same for every row."""

    ids: tuple[int, ...]
    prefix: int


@dataclass(frozen=True)
class Answers:
    """The ids whose logits are compared: the first token of each answer word."""

    yes: int
    no: int


class PromptBuilder:
    """Builds prompts of one policy for one tokenizer.

    tokenizer: a Hugging Face fast tokenizer; its chat template is used when it has one.
    budgets: the most tokens of each field, such as {"caption": 48, "ocr_text": 192}.
    """

    def __init__(self, tokenizer: Any, policy: Policy, budgets: dict[str, int]) -> None:
        self.tokenizer = tokenizer
        self.policy = policy
        self.budgets = budgets
        self.anchor = self._encode(ANCHOR)
        self.added = set(tokenizer.get_added_vocab().values())
        controls = sorted(filter(None, tokenizer.get_added_vocab()), key=len, reverse=True)
        self.controls = re.compile("|".join(map(re.escape, controls)) or "(?!)")
        self.parts = {
            (question.id, view.id): self._split(question, view)
            for question in policy.questions
            for view in policy.views
        }
        self.answers = {
            (question.id, view.id): self._resolve(question, view)
            for question in policy.questions
            for view in policy.views
        }

    def build(self, question: Question, view: View, evidence: Evidence) -> Prompt:
        """The prompt that asks `question` of `evidence` as `view` shows it."""
        return self._join(question, view, self._texts(view, evidence))

    def build_all(self, question: Question, view: View, evidence: Evidence) -> list[Prompt]:
        """The prompts whose largest answer is the row's: `build`'s, and windows of a long text.

        What is longer than its budget has lost its middle there, and harmless words around a
        harmful line dilute it; in one of the policy's windows it stands by itself.
        """
        texts, width = self._texts(view, evidence), self.policy.windows
        words = texts.get("ocr_text", [])
        parts = windows(words, width) if width and len(words) > self.budgets["ocr_text"] else []
        shown = [texts, *({**texts, "ocr_text": part} for part in parts)]
        return [self._join(question, view, one) for one in shown]

    def _texts(self, view: View, evidence: Evidence) -> dict[str, list[int]]:
        return {name: self._untrusted(name, evidence) for name in view.fields}

    def _join(self, question: Question, view: View, texts: dict[str, list[int]]) -> Prompt:
        """texts: ids of each field of `view`; what is over its budget loses its middle."""
        ids: list[int] = []
        parts = self.parts[question.id, view.id]
        for part in parts:
            ids += ends(texts[part], self.budgets[part]) if isinstance(part, str) else part
        return Prompt(tuple(ids), len(parts[0]))

    def _split(self, question: Question, view: View) -> list[list[int] | str]:
        """Ids of trusted segments, and between them the names of fields."""
        pieces = MARK.split(self._render(question, view))
        return [
            piece if n % 2 else self._after_anchor(piece) if n else self._encode(piece)
            for n, piece in enumerate(pieces)
        ]

    def _render(self, question: Question, view: View, answer: str | None = None) -> str:
        content = view.template.strip("\n").replace("{question}", question.text)
        for name in FIELDS:
            content = content.replace(f"{{{name}}}", f"\ue000{name}\ue001")
        if not self.tokenizer.chat_template:
            return (self.tokenizer.bos_token or "") + content + "\n" + (answer or "")
        system = self.policy.system
        try:
            return self._chat(system, content, answer)
        except TemplateError:  # some templates know no system message
            return self._chat("", f"{system}\n\n{content}", answer)

    def _chat(self, system: str, content: str, answer: str | None) -> str:
        chat = [{"role": "system", "content": system}] if system else []
        chat.append({"role": "user", "content": content})
        if answer is not None:
            chat.append({"role": "assistant", "content": answer})
        rendered = self.tokenizer.apply_chat_template(
            chat,
            tokenize=False,
            add_generation_prompt=answer is None,
            enable_thinking=False,  # for the templates that would leave room for thoughts
        )
        return str(rendered)

    def _encode(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def _after_anchor(self, text: str) -> list[int]:
        ids, known = self._encode(ANCHOR + text), len(self.anchor)
        return ids[known:] if ids[:known] == self.anchor else self._encode(text)

    def _untrusted(self, name: str, evidence: Evidence) -> list[int]:
        text = ends(plain(getattr(evidence, name)), FAR * self.budgets[name])
        cuts = [0, *(match.start() + 1 for match in self.controls.finditer(text)), len(text)]
        ids = [i for a, b in pairwise(cuts) for i in self._after_anchor(text[a:b])]
        return ends([i for i in ids if i not in self.added], MANY * self.budgets[name])

    def _resolve(self, question: Question, view: View) -> Answers:
        yes, no = (self._first_token(question, view, word) for word in (question.yes, question.no))
        if yes == no:
            raise UserError(
                f"policy {self.policy.name!r}: the answer words {question.yes!r} and "
                f"{question.no!r} begin with the same token for this model; choose two others"
            )
        return Answers(yes, no)

    def _first_token(self, question: Question, view: View, word: str) -> int:
        before = MARK.split(self._render(question, view))[-1]
        after = MARK.split(self._render(question, view, word))[-1]
        rest = after.removeprefix(before)
        told = after.startswith(before) and rest.lstrip().startswith(word)
        full = after if told else before + word
        known, ids = self._after_anchor(before), self._after_anchor(full)
        if ids[: len(known)] != known or len(ids) == len(known):  # the word melts into the prompt
            return self._after_anchor(word)[0]
        return ids[len(known)]


def ends(whole: S, most: int) -> S:
    """The beginning and the end of `whole`, `most` in all: neither can be pushed out by padding."""
    if len(whole) <= most:
        return whole
    tail = most // 2
    return whole[: most - tail] + whole[len(whole) - tail :]


def windows(whole: list[int], width: int) -> list[list[int]]:
    """Parts of `whole`, `width` long or less, each with the last quarter of the one before."""
    step = width - width // 4
    return [
        whole[start : start + width] for start in range(0, max(1, len(whole) - width // 4), step)
    ]
