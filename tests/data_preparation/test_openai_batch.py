"""The batch provider against a real server on loopback: every step may be the last."""

import contextlib
import dataclasses
from pathlib import Path
from typing import Any

import pytest

from data_preparation.providers.batch_part import Limits, Part, Parts
from data_preparation.providers.cost import Meter, most
from data_preparation.providers.failure import StatusError
from data_preparation.providers.kept import Cap, Capped
from data_preparation.providers.openai_batch import OpenAIBatch
from data_preparation.providers.openai_chat import connect
from tests.data_preparation.conftest import HASTY, ask
from tests.data_preparation.openai_server import Behaviour, serve
from tests.data_preparation.test_openai_chat import requests


def batch(
    url: str, folder: Path, limits: Limits | None = None, key: str = "secret-key"
) -> OpenAIBatch:
    """The provider for a server on loopback."""
    return OpenAIBatch(connect(url, key, HASTY), Parts(folder), HASTY, 0.01, limits)


def test_answers_come_and_nothing_is_left_open(tmp_path: Path) -> None:
    behaviour = Behaviour(polls=2)
    with serve(behaviour) as url:
        asked = requests(4, max_tokens=7)
        replies = ask(batch(url, tmp_path), asked)
    assert [replies[one.key].text for one in asked] == [f"WORD {n}" for n in range(4)]
    assert behaviour.billed[0]["max_tokens"] == 7
    assert Parts(tmp_path).open({one.key for one in asked}) == []
    assert list(tmp_path.glob("*.jsonl")) == []


def test_many_requests_become_several_batches(tmp_path: Path) -> None:
    behaviour = Behaviour()
    with serve(behaviour) as url:
        replies = ask(batch(url, tmp_path, Limits(requests=3)), requests(8))
        assert len(behaviour.batches) == 3
        ask(batch(url, tmp_path, Limits(bytes=450)), requests(4, seed=1))
    assert len(behaviour.batches) > 4
    assert all(reply.error is None for reply in replies.values())


class Stopped(BaseException):
    """Stands for the process's death."""


@pytest.mark.parametrize("note", range(7))
def test_a_stop_at_any_note_sends_nothing_twice(
    tmp_path: Path, note: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies before writing note number `note`, so that what came just before it goes unnoted."""
    write, count = Parts.note, 0

    def dying(self: Parts, part: Part, **changes: str) -> Part:
        nonlocal count
        count += 1
        if count == note + 1:
            raise Stopped
        return write(self, part, **changes)

    behaviour = Behaviour()
    asked = requests(3)
    with serve(behaviour) as url:
        with monkeypatch.context() as patch:
            patch.setattr(Parts, "note", dying)
            with contextlib.suppress(Stopped):
                ask(batch(url, tmp_path), asked)
        replies = ask(batch(url, tmp_path), asked)
    assert len(behaviour.batches) == (2 if note > 5 else 1)  # 6 notes: all done, asked anew
    assert [replies[one.key].text for one in asked] == ["WORD 0", "WORD 1", "WORD 2"]
    assert sum(row["filename"].startswith("memesieve") for row in behaviour.files.values()) == len(
        behaviour.batches
    )


@pytest.mark.parametrize("step", ["POST files", "POST batches"])
def test_a_connection_cut_after_the_deed_does_it_once(tmp_path: Path, step: str) -> None:
    behaviour = Behaviour(cut=[step])
    with serve(behaviour) as url:
        ask(batch(url, tmp_path), requests(2))
    assert len(behaviour.batches) == 1
    assert sum(row["filename"].startswith("memesieve") for row in behaviour.files.values()) == 1


def test_bad_lines_fail_alone(tmp_path: Path) -> None:
    def spoil(body: dict[str, Any]) -> str:
        spoilt = {"word 1": "too long", "word 2": "missing", "word 3": "garbage"}
        return spoilt.get(body["messages"][0]["content"], "")

    with serve(Behaviour(spoil=spoil)) as url:
        asked = requests(5)
        replies = ask(batch(url, tmp_path), asked)
    assert [replies[one.key].error for one in asked] == [
        None,
        "in the batch: status 400: too long",
        "the batch completed without this answer",
        "the batch completed without this answer",
        None,
    ]


def test_an_expired_batch_brings_what_was_done(tmp_path: Path) -> None:
    def spoil(body: dict[str, Any]) -> str:
        return "missing" if body["messages"][0]["content"] == "word 1" else ""

    behaviour = Behaviour(fate="expired", spoil=spoil)
    with serve(behaviour) as url:
        asked = requests(2)
        replies = ask(batch(url, tmp_path), asked)
        assert replies[asked[0].key].text == "WORD 0"
        assert replies[asked[1].key].error == "the batch expired without this answer"
        behaviour.fate, behaviour.spoil = "completed", lambda body: ""
        again = ask(batch(url, tmp_path), asked[1:])
    assert again[asked[1].key].text == "WORD 1"


def test_a_failed_batch_says_why_and_can_be_asked_anew(tmp_path: Path) -> None:
    behaviour = Behaviour(fate="failed")
    with serve(behaviour) as url:
        asked = requests(1)
        replies = ask(batch(url, tmp_path), asked)
        reason = "the batch failed without this answer: too much at once"
        assert replies[asked[0].key].error == reason
        behaviour.fate = "completed"
        assert ask(batch(url, tmp_path), asked)[asked[0].key].text == "WORD 0"


def test_a_server_that_is_gone_loses_no_batch(tmp_path: Path) -> None:
    asked = requests(1)
    replies = ask(batch("http://127.0.0.1:9/v1", tmp_path), asked)
    assert "run again to go on with it" in str(replies[asked[0].key].error)
    behaviour = Behaviour()
    with serve(behaviour) as url:
        assert ask(batch(url, tmp_path), asked)[asked[0].key].text == "WORD 0"
    assert len(behaviour.batches) == 1


def lose_sight(self: OpenAIBatch, part: Part) -> Any:
    """Stands for `_wait` while the server answers no question about batches."""
    raise StatusError(500, "no such luck", 0)


def test_a_batch_that_cannot_be_looked_at_may_cost_and_no_other_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requests(8, max_tokens=10)
    meter, cap = Meter(), Cap(tokens=3 * sum(most(asked[0])))
    behaviour = Behaviour()
    with serve(behaviour) as url:
        with monkeypatch.context() as patch:
            patch.setattr(OpenAIBatch, "_wait", lose_sight)
            replies = ask(Capped(batch(url, tmp_path), meter, cap), asked)
        assert len(behaviour.batches) == 1
        assert meter.input + meter.output == cap.tokens
        assert [replies[one.key].finish for one in asked] == ["pending"] * 3 + ["unasked"] * 5
        ask(Capped(batch(url, tmp_path), Meter(), cap), asked[:3])
    assert len(behaviour.billed) == 3


def test_two_runs_that_share_a_part_begin_it_once_and_take_it_together(tmp_path: Path) -> None:
    behaviour, asked = Behaviour(), requests(2)
    with serve(behaviour) as url:
        provider = batch(url, tmp_path)
        (part,) = provider.parts.plan(asked, Limits())
        for _ in range(2):  # the second has read the note before the first began
            provider._start(part)
    assert len(behaviour.batches) == 1
    for one in asked:
        part = provider.parts.take(dataclasses.replace(part, taken=()), {one.key})
    assert part.step == "collected"


def test_while_one_batch_is_out_of_sight_no_new_round_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requests(12, max_tokens=100)
    cap = Cap(tokens=6 * sum(most(asked[0])))
    wait, hidden = OpenAIBatch._wait, set[str]()

    def see_all_but_the_first(self: OpenAIBatch, part: Part) -> Any:
        hidden.update([] if hidden else [part.id])
        return lose_sight(self, part) if part.id in hidden else wait(self, part)

    monkeypatch.setattr(OpenAIBatch, "_wait", see_all_but_the_first)
    behaviour = Behaviour()
    with serve(behaviour) as url:
        replies = ask(Capped(batch(url, tmp_path, Limits(requests=3)), Meter(), cap), asked)
    assert len(behaviour.batches) == 2  # the second left room for more
    left = [replies[one.key] for one in asked[6:]]
    assert {reply.error for reply in left} == {
        "left for a later run: what was sent has no known cost yet"
    }


def test_a_part_shared_by_two_sets_loses_no_reply(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(body: dict[str, Any]) -> str:
        return "too long" if body["messages"][0]["content"] == "word 1" else ""

    asked = requests(12)
    behaviour = Behaviour(spoil=spoil)
    with serve(behaviour) as url:
        with monkeypatch.context() as patch:
            patch.setattr(OpenAIBatch, "_wait", lose_sight)
            ask(batch(url, tmp_path), asked)
        first = ask(batch(url, tmp_path), asked[:2])
        assert first[asked[0].key].text == "WORD 0"
        assert first[asked[1].key].error == "in the batch: status 400: too long"
        behaviour.spoil = lambda body: ""
        assert ask(batch(url, tmp_path), asked[1:2])[asked[1].key].text == "WORD 1"  # anew
        rest = ask(batch(url, tmp_path), asked[2:])
    assert {rest[one.key].text for one in asked[2:]} == {f"WORD {n}" for n in range(2, 12)}
    assert len(behaviour.billed) == 12
    assert Parts(tmp_path).open({one.key for one in asked}) == []
