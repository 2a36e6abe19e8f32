"""Replies by rule, offline and at once: memes of the written grammar, and customs conversations.

Reads a request's `task` and `run`, and of its messages only how many it has answered already;
knows nothing of prompts. The same seed and request give the same reply.

stage `generate`: `key`, `language`, `count` -> a JSON array of memes; run 0, 1, 2, ... goes on
where the run before stopped, and the same place of another language is the same meme.
stage `translate`: `language`, and `group` or the `text` itself -> the parallel text.
stage `converse`: `role` (`officer` or `traveller`), and what customs.py reads -> the next line,
in Spanish. A conversation is told from others by `conversation`, or else by `run`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from data_preparation.grammar import Item, by_group, items, normal
from data_preparation.grammar.customs import say
from data_preparation.grammar.files import LANGUAGES
from data_preparation.grammar.keys import answers
from data_preparation.providers.request import Reply, Request
from model_package.errors import UserError

COUNT = 5  # memes a reply, where the task does not say


class TemplateProvider:
    """A provider that needs neither key nor network. seed: which of all possible items it draws."""

    name = "template"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, in order; one that cannot be answered says why in `error`."""
        for request in requests:
            try:
                yield Reply(request.key, self._text(request))
            except UserError as error:
                yield Reply(request.key, error=str(error))

    def _text(self, request: Request) -> str:
        stages = {"generate": _generate, "translate": _translate, "converse": _converse}
        stage = stages.get(request.task.get("stage", ""))
        if stage is None:
            raise UserError(
                f"template has no stage {request.task.get('stage')!r}; known: {', '.join(stages)}"
            )
        return stage(request, self._seed)


def _generate(request: Request, seed: int) -> str:
    task = request.task
    pool = answers(_field(task, "key"), _field(task, "language"), seed)
    count = _whole(task, "count", COUNT)
    if count < 1:
        raise UserError(f"task field 'count' must be at least 1, not {count}")
    chosen = pool[request.run * count : (request.run + 1) * count]
    if not chosen:
        raise UserError(
            f"{task['key']} has {len(pool)} items; run {request.run} of {count} is past the last"
        )
    return json.dumps([_meme(item) for item in chosen], ensure_ascii=False, indent=1)


def _meme(item: Item) -> dict[str, str | int]:
    return {
        "image_description": item.caption,
        "text": item.text,
        "label": item.label,
        "category": item.category,
        "group": item.group,
    }


def _translate(request: Request, seed: int) -> str:
    task = request.task
    language = _field(task, "language")
    group = task.get("group", "")
    found = by_group(language, seed)
    if group not in found:
        group = _by_text(seed).get(normal(task.get("text", "")), "")
    if group not in found:
        raise UserError(f"the grammar has no item {task.get('group', task.get('text'))!r}")
    return found[group].text


@cache
def _by_text(seed: int) -> Mapping[str, str]:
    """The group of each text, whichever its language."""
    return {normal(one.text): one.group for name in LANGUAGES for one in items(name, seed)}


def _converse(request: Request, seed: int) -> str:
    spoken = sum(message.get("role") == "assistant" for message in request.messages)
    turn = _whole(request.task, "turn", spoken)
    return say(request.task, turn, seed, request.run)


def _field(task: Mapping[str, str], name: str) -> str:
    if not task.get(name):
        raise UserError(f"template needs the task field {name!r}")
    return task[name]


def _whole(task: Mapping[str, str], name: str, default: int) -> int:
    text = task.get(name, str(default))
    if not text.isdecimal():
        raise UserError(f"task field {name!r} must be a whole number, not {text!r}")
    return int(text)
