"""The chat provider against a real server on loopback that misbehaves."""

import dataclasses
import signal
import threading
import time

import pytest

from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Reply, Request
from tests.data_preparation.conftest import HASTY, ask, chat
from tests.data_preparation.openai_server import Behaviour, serve


def requests(count: int, **settings: float) -> list[Request]:
    """`count` different requests."""
    made = range(count)
    return [Request("m", ({"role": "user", "content": f"word {n}"},), settings) for n in made]


def test_answers_come_with_their_tokens_and_settings_are_sent() -> None:
    behaviour = Behaviour()
    with serve(behaviour) as url:
        asked = requests(5, temperature=0.5, top_k=40)
        replies = ask(chat(url), asked)
    assert [replies[one.key].text for one in asked] == [f"WORD {n}" for n in range(5)]
    assert all(reply.input_tokens > 0 for reply in replies.values())
    assert {(one["temperature"], one["top_k"]) for one in behaviour.billed} == {(0.5, 40)}


def test_no_more_requests_are_under_way_than_asked_for() -> None:
    behaviour = Behaviour(delay=0.1)
    with serve(behaviour) as url:
        ask(chat(url, dataclasses.replace(HASTY, concurrency=3)), requests(12))
    assert behaviour.most_under_way == 3


@pytest.mark.parametrize(
    "trouble", ["500", "cut", "slow", "malformed", "html", "no choices", "error inside"]
)
def test_trouble_that_passes_is_asked_again(trouble: str) -> None:
    behaviour = Behaviour(trouble=lambda number, body: trouble if number == 0 else "")
    manners = dataclasses.replace(HASTY, timeout=1.0) if trouble == "slow" else HASTY
    with serve(behaviour) as url:
        (reply,) = ask(chat(url, manners), requests(1)).values()
    assert (reply.text, reply.error) == ("WORD 0", None)
    assert behaviour.chats == 2
    assert reply.lost == (0 if trouble == "500" else 1)


def test_retry_after_is_obeyed_by_all() -> None:
    behaviour = Behaviour(trouble=lambda number, body: "429" if number == 0 else "")
    with serve(behaviour) as url:
        start = time.monotonic()
        replies = ask(chat(url, dataclasses.replace(HASTY, concurrency=1)), requests(2))
        assert time.monotonic() - start >= 0.3
    assert [reply.error for reply in replies.values()] == [None, None]


def test_a_server_that_asks_for_too_long_a_wait_is_given_up() -> None:
    with serve(Behaviour(trouble=lambda number, body: "429 for an hour")) as url:
        (reply,) = ask(chat(url), requests(1)).values()
    assert reply.error == "status 429: slow down (attempts: 1)"


def test_trouble_that_stays_is_a_reply_with_its_reason() -> None:
    behaviour = Behaviour(trouble=lambda number, body: "500" if "word 1" in str(body) else "")
    with serve(behaviour) as url:
        asked = requests(3)
        replies = ask(chat(url), asked)
    assert replies[asked[1].key].error == "status 500: oops (attempts: 4)"
    assert [replies[asked[n].key].text for n in (0, 2)] == ["WORD 0", "WORD 2"]


def test_a_bad_request_is_not_repeated() -> None:
    behaviour = Behaviour(trouble=lambda number, body: "400")
    with serve(behaviour) as url:
        (reply,) = ask(chat(url), requests(1)).values()
    assert (behaviour.chats, reply.error) == (1, "status 400: too long (attempts: 1)")


@pytest.mark.parametrize("trouble", ["404", "no money"])
def test_a_hopeless_answer_stops_the_rest(trouble: str) -> None:
    behaviour = Behaviour(trouble=lambda number, body: trouble)
    with serve(behaviour) as url:
        replies = ask(chat(url, dataclasses.replace(HASTY, concurrency=1)), requests(20))
    assert behaviour.chats == 1
    assert sum(reply.finish == "unasked" for reply in replies.values()) == 19


def test_a_wrong_key_is_told_without_showing_it() -> None:
    with serve(Behaviour()) as url:
        (reply,) = ask(chat(url, key="another-key"), requests(1)).values()
    assert reply.error == "status 401: wrong key Bearer (key) (attempts: 1)"


def test_nobody_listening_is_told_soon() -> None:
    replies = ask(chat("http://127.0.0.1:9/v1"), requests(50))
    assert all("connection failed" in str(reply.error) for reply in replies.values())
    assert {reply.lost for reply in replies.values()} == {0}


def test_a_refusal_and_parts_of_text_are_read() -> None:
    def answer(body: dict[str, object]) -> dict[str, object]:
        if "word 0" in str(body):
            return {"content": None, "refusal": "I cannot do that."}
        return {"content": [{"type": "text", "text": "two "}, {"type": "text", "text": "parts"}]}

    with serve(Behaviour(answer=answer)) as url:
        asked = requests(2)
        replies = ask(chat(url), asked)
    first, second = (replies[one.key] for one in asked)
    assert (first.text, first.finish) == ("I cannot do that.", "refusal")
    assert (second.text, second.finish) == ("two parts", "stop")


def test_requests_are_spaced_by_the_limit_a_minute() -> None:
    with serve(Behaviour()) as url:
        start = time.monotonic()
        ask(chat(url, dataclasses.replace(HASTY, requests_per_minute=600.0)), requests(6))
        assert time.monotonic() - start >= 0.5


def test_an_interrupt_brings_the_replies_under_way_and_asks_nothing_more() -> None:
    together, sent = threading.Barrier(3), threading.Event()

    def interrupt(number: int, body: object) -> str:
        if together.wait() == 0:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            sent.set()
        sent.wait()  # no reply comes before the signal, however slow the sender's thread is
        time.sleep(0.1)
        return ""

    behaviour = Behaviour(trouble=interrupt)
    found: list[Reply] = []
    with serve(behaviour) as url, pytest.raises(KeyboardInterrupt):
        found.extend(chat(url, Manners(concurrency=3)).complete(requests(20)))
    assert behaviour.chats == len(behaviour.billed) == 3
    assert sorted(reply.text for reply in found) == ["WORD 0", "WORD 1", "WORD 2"]


def interrupt_at_first(url: str, times: int, found: list[Reply]) -> None:
    """Ask, and interrupt the run while its first reply is handled."""
    for reply in chat(url, Manners(concurrency=3)).complete(requests(20)):
        found.append(reply)
        if len(found) == 1:
            time.sleep(0.1)
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)


def test_an_interrupt_while_a_reply_is_handled_loses_none_that_is_under_way() -> None:
    behaviour = Behaviour(delay=0.05)
    found: list[Reply] = []
    before = signal.getsignal(signal.SIGINT)
    with serve(behaviour) as url, pytest.raises(KeyboardInterrupt):
        interrupt_at_first(url, 1, found)
    assert len(found) == len(behaviour.billed) < 20
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_interrupt_stops_at_once() -> None:
    found: list[Reply] = []
    with serve(Behaviour()) as url, pytest.raises(KeyboardInterrupt):
        interrupt_at_first(url, 2, found)
    assert len(found) == 1
