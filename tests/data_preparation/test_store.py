"""Replies on disk: crashes, several processes, a cap on what is spent."""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from data_preparation.providers.caller import Caller
from data_preparation.providers.cost import Meter, Price, expected, find_price, most
from data_preparation.providers.kept import Cap, Capped, Kept
from data_preparation.providers.pace import Manners
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.store import FAILED, Store
from model_package.errors import UserError
from tests.data_preparation.conftest import chat
from tests.data_preparation.openai_server import Behaviour, serve


def request(word: str, **settings: float) -> Request:
    """A request that says `word`."""
    return Request("m", ({"role": "user", "content": word},), {"max_tokens": 10, **settings})


@dataclass
class Speaker:
    """Answers with the word in capitals; fails on words in `bad`."""

    bad: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    name: str = "speaker"

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        for one in requests:
            word = one.messages[0]["content"]
            self.asked.append(word)
            error = "oops" if word in self.bad else None
            yield Reply(one.key, word.upper(), error=error, input_tokens=5, output_tokens=5)


def texts(provider: Kept | Capped, words: Sequence[str]) -> dict[str, str | None]:
    """Replies by word; the reason where there is none."""
    asked = {request(word).key: word for word in words}
    replies = provider.complete([request(word) for word in words])
    return {asked[reply.key]: reply.error or reply.text for reply in replies}


def test_only_what_is_missing_is_asked_for(store: Store) -> None:
    speaker = Speaker()
    assert texts(Kept(speaker, store), ["a", "b"]) == {"a": "A", "b": "B"}
    assert texts(Kept(speaker, Store(store.folder)), ["b", "c"]) == {"b": "B", "c": "C"}
    assert speaker.asked == ["a", "b", "c"]


def test_another_setting_or_run_is_another_request(store: Store) -> None:
    speaker = Speaker()
    kept = Kept(speaker, store)
    variants = [request("a"), request("a", temperature=1), replace(request("a"), run=1)]
    assert len(list(kept.complete(variants))) == 3
    assert len(list(kept.complete(variants))) == 3
    assert speaker.asked == ["a", "a", "a"]


def test_the_same_request_twice_is_asked_once_and_answered_twice(store: Store) -> None:
    speaker = Speaker()
    for _ in range(2):
        replies = list(Kept(speaker, store).complete([request("a"), request("b"), request("a")]))
        assert sorted(reply.text for reply in replies) == ["A", "A", "B"]
    assert speaker.asked == ["a", "b"]


def test_failed_replies_are_kept_apart_and_asked_again(store: Store) -> None:
    speaker = Speaker(bad={"b"})
    assert texts(Kept(speaker, store), ["a", "b"]) == {"a": "A", "b": "oops"}
    assert [entry["asked"] for entry in store.entries(FAILED)] == ["b"]
    speaker.bad.clear()
    assert texts(Kept(speaker, store), ["a", "b"]) == {"a": "A", "b": "B"}
    assert speaker.asked == ["a", "b", "b"]


def test_a_half_written_line_is_dropped_and_noted(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    texts(Kept(Speaker(), store), ["a", "b"])
    path = store.folder / "kept.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    speaker = Speaker()
    assert texts(Kept(speaker, Store(store.folder)), ["a", "b"]) == {"a": "A", "b": "B"}
    assert speaker.asked == ["b"]
    dropped = len(whole.splitlines()[1]) + 1 - 7
    assert f"dropped {dropped} bytes of a half-written reply" in capsys.readouterr().err
    assert len(path.read_bytes().splitlines()) == 2


def test_a_reply_seen_before_and_added_by_another_process_is_found(store: Store) -> None:
    other = Store(store.folder)
    assert store.get(request("a").key) is None
    texts(Kept(Speaker(), other), ["a"])
    found = store.get(request("a").key)
    assert found is not None
    assert found.text == "A"


def add_many(folder: Path, name: str) -> None:
    """What each of several processes does."""
    texts(Kept(Speaker(), Store(folder)), [f"{name} {n}" for n in range(25)])


def test_several_processes_write_at_once(store: Store) -> None:
    spawn = multiprocessing.get_context("fork")
    running = [spawn.Process(target=add_many, args=(store.folder, name)) for name in "abcd"]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert len(list(store.entries())) == 100
    assert len((store.folder / "kept.jsonl").read_bytes().splitlines()) == 100


def test_clearing_keeps_the_others(store: Store) -> None:
    kept = Kept(Speaker(bad={"c"}), store)
    texts(kept, ["a", "b", "c"])
    assert store.clear(lambda entry: entry["asked"] in {"a", "c"}) == 2
    assert [entry["asked"] for entry in store.entries()] == ["b"]
    speaker = Speaker()
    assert texts(Kept(speaker, store), ["a", "b"]) == {"a": "A", "b": "B"}
    assert speaker.asked == ["a"]


def test_tokens_never_pass_the_cap_and_the_rest_is_told() -> None:
    meter = Meter()
    words = [f"word {n}" for n in range(20)]
    found = texts(Capped(Speaker(), meter, Cap(tokens=100)), words)
    bound = sum(most(request("word 10")))
    assert 100 - bound < meter.input + meter.output <= 100
    told = [text for text in found.values() if text and "stopped before the cap" in text]
    assert len(told) == 20 - (meter.input + meter.output) // 10


def test_money_never_passes_the_cap() -> None:
    meter = Meter(Price("m", input=1e6, output=3e6))  # 1 and 3 a token
    texts(Capped(Speaker(), meter, Cap(money=130)), [f"word {n}" for n in range(20)])
    assert 0 < meter.money() <= 130


def test_repeats_of_what_may_have_been_billed_stay_under_the_cap_too() -> None:
    def cut(number: int, body: object) -> str:
        return "cut" if number % 3 else ""

    behaviour = Behaviour(trouble=cut)
    meter, asked = Meter(), [request(f"word {n}", max_tokens=20) for n in range(30)]
    with serve(behaviour) as url:
        provider = chat(url)
        capped = Capped(provider, meter, Cap(tokens=900))
        provider.may_repeat = capped.may_repeat
        replies = list(capped.complete(asked))
    assert len(replies) == 30
    bound = sum(most(asked[-1]))
    assert len(behaviour.billed) * bound > 900 - 8 * bound
    billed = [len(json.dumps(body["messages"])) // 4 + 2 for body in behaviour.billed]
    assert sum(billed) <= meter.input + meter.output <= 900
    assert capped.aside == (0, 0)


def test_what_earlier_runs_paid_counts_for_the_cap(store: Store) -> None:
    words, paid = [f"word {n}" for n in range(20)], 0
    for _ in range(3):
        speaker = Speaker(bad={"word 1"})
        capped = Capped(speaker, Meter(), Cap(tokens=100))
        texts(Kept(capped, Store(store.folder), capped.remember), words)
        paid += 10 * len(speaker.asked)
    assert 50 < paid <= 100


def test_a_reply_dearer_than_its_bound_stops_the_round() -> None:
    asked = [request(f"word {n}") for n in range(20)]
    bound = sum(most(asked[-1]))
    manners, meter = Manners(concurrency=1), Meter()
    caller = Caller("dear", lambda one: Reply(one.key, "A", input_tokens=5 * bound), "", manners)
    capped = Capped(caller, meter, Cap(tokens=20 * bound))
    caller.may_ask = capped.may_ask
    replies = list(capped.complete(asked))
    assert len(replies) == 20
    assert meter.input == 20 * bound
    assert capped.aside == (0, 0)


def test_a_picture_is_bounded_by_its_model_and_an_unknown_one_with_care() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}
    one = Request("m", ({"role": "user", "content": [picture]},), {"max_tokens": 1})
    cheap, dear = find_price("gpt-4o"), find_price("gpt-4o-mini")
    assert dear is not None
    assert dear.image > 48_200
    assert Meter(cheap).most(one)[0] < 2000
    assert Meter(dear).most(one)[0] >= 50_000
    assert Meter().most(one)[0] >= 50_000


def test_a_negative_limit_is_no_bound_and_refused() -> None:
    with pytest.raises(UserError, match="max_tokens is -1; set it to at least 1"):
        most(request("a", max_tokens=-1))


def test_a_batch_costs_half() -> None:
    price = Price("m", input=2.0, output=4.0)
    assert price.of((1_000_000, 500_000)) == 4.0
    assert price.of((1_000_000, 500_000), batch=True) == 2.0


def test_capped_replies_are_not_taken_for_failures(store: Store) -> None:
    texts(Kept(Capped(Speaker(), Meter(), Cap(tokens=1)), store), ["a"])
    assert list(store.entries(FAILED)) == []


def test_an_attempt_that_may_have_been_billed_counts_in_full() -> None:
    meter = Meter()
    meter.add(request("a"), Reply("k", "A", input_tokens=1, output_tokens=1, lost=1))
    given, written = most(request("a"))
    assert (meter.input, meter.output) == (given + 1, written + 1)


@pytest.mark.parametrize("text", ["Why so serious?", "为什么这么认真？", "ஏன் இவ்வளவு?"])
def test_the_estimate_stays_under_the_bound(text: str) -> None:
    guess, bound = expected(request(text)), most(request(text))
    assert 0 < guess[0] < bound[0]
    assert guess[1] == 5
    assert bound[1] == 10
