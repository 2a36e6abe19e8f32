"""Labelled rows as chats: OpenAI's messages, alpaca's instruction, LLaVA's conversation.

The question is the policy's first, in the last view that the row can fill; the answer is the answer
word, and after it the reason, where the row has one. Knows nothing of files.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from data_preparation.record import Record
from model_package.evidence import Evidence
from model_package.policy import Policy, Question


def to_chat(record: Record, policy: Policy) -> Record:
    """`record` with a chat in `messages`."""
    system = [{"role": "system", "content": policy.system}] if policy.system else []
    asked, answered = _exchange(record, policy)
    chat = ({"role": "user", "content": asked}, {"role": "assistant", "content": answered})
    return replace(record, messages=(*system, *chat))


def to_alpaca(record: Record, policy: Policy) -> dict[str, str]:
    """`record` as instruction, input and output."""
    question = policy.questions[0]
    shown = _show(record, policy)
    rest = shown.replace(question.text, "", 1).strip()
    output = _exchange(record, policy)[1]
    return {"instruction": question.text, "input": rest, "output": output}


def to_llava(name: str, image: str, policy: Policy, answers: Mapping[str, bool]) -> dict[str, Any]:
    """A picture and its answers by question, as LLaVA's fine-tuning reads them."""
    turns: list[dict[str, str]] = []
    for question in policy.questions:
        if question.id in answers:
            head = "" if turns else "<image>\n"
            word = question.yes if answers[question.id] else question.no
            turns.append({"from": "human", "value": head + ask_picture(question)})
            turns.append({"from": "gpt", "value": word})
    return {"id": name, "image": image, "conversations": turns}


def ask_picture(question: Question) -> str:
    """What asks `question` of a picture that is shown."""
    return f"{question.text}\nAnswer {question.yes} or {question.no}."


def _exchange(record: Record, policy: Policy) -> tuple[str, str]:
    question = policy.questions[0]
    word = question.yes if record.label else question.no
    reason = f". {record.rationale}" if record.rationale else ""
    return _show(record, policy), word + reason


def _show(record: Record, policy: Policy) -> str:
    evidence = Evidence(caption=record.caption or "", ocr_text=record.text or "")
    full = [one for one in policy.views if all(getattr(evidence, name) for name in one.fields)]
    view = (full or policy.views)[-1]
    shown = view.template.replace("{question}", policy.questions[0].text)
    for name in view.fields:
        shown = shown.replace(f"{{{name}}}", getattr(evidence, name))
    return shown.strip()
