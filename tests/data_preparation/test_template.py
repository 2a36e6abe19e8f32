"""The template provider: memes run by run, parallel texts, and customs conversations."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from data_preparation.grammar import items
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.template import TemplateProvider

SPANISH = re.compile(r"[a-záéíóúüñ0-9\s¿?¡!,.;:…-]*", re.IGNORECASE)
FAREWELL = re.compile(r"adiós|hasta luego", re.IGNORECASE)
INFORMAL = re.compile(r"\b(tú|tu|tus|te|ti|contigo|vosotros|tienes|vienes|eres)\b", re.IGNORECASE)


def ask(run: int = 0, seed: int = 0, **task: str) -> Reply:
    """The one reply to one request."""
    request = Request("template", ({"role": "user", "content": "?"},), run=run, task=task)
    (reply,) = TemplateProvider(seed).complete([request])
    assert reply.key == request.key
    return reply


def memes(run: int = 0, seed: int = 0, **task: str) -> list[dict[str, Any]]:
    """The memes of one reply."""
    reply = ask(run, seed, **{"stage": "generate", "language": "en", **task})
    assert reply.error is None
    rows: list[dict[str, Any]] = json.loads(reply.text)
    return rows


def test_a_reply_holds_as_many_memes_as_asked_in_the_form_asked() -> None:
    rows = memes(key="race_harmful", count="4")
    assert len(rows) == 4
    for row in rows:
        assert list(row) == ["image_description", "text", "label", "category", "group"]
        assert (row["label"], row["category"]) == (1, "race")


def test_runs_go_through_all_items_without_repeats_and_then_say_so() -> None:
    wanted = {one.group for one in items("en", 0) if (one.category, one.label) == ("age", 1)}
    seen: list[str] = []
    for run in range(1000):
        reply = ask(run, stage="generate", key="age_harmful", language="en", count="25")
        if reply.error is not None:
            break
        seen += [row["group"] for row in json.loads(reply.text)]
    assert len(seen) == len(set(seen))
    assert set(seen) == wanted
    assert reply.error is not None
    assert reply.error.startswith(f"age_harmful has {len(wanted)} items")


@pytest.mark.parametrize("language", ["zh", "ms", "ta"])
@pytest.mark.parametrize("run", [0, 3])
def test_the_same_place_in_another_language_is_the_same_meme(language: str, run: int) -> None:
    for key in ("religion_harmless", "hard_negatives", "everyday_harmless"):
        english = memes(run, key=key, count="5")
        others = memes(run, key=key, count="5", language=language)
        for one, other in zip(english, others, strict=True):
            assert (one.pop("text") == other.pop("text"), one) == (False, other)


def test_harmless_keys_and_hard_negatives_share_nothing() -> None:
    plain = {row["group"] for row in memes(key="sex_harmless", count="9999")}
    hard = memes(key="hard_negatives", count="9999")
    assert all(row["label"] == 0 for row in hard)
    assert not plain & {row["group"] for row in hard}


def test_every_prompt_key_of_the_file_has_an_answer() -> None:
    from data_preparation.generate import PROMPTS, Prompts
    from model_package.toml_file import read_toml

    for key in read_toml(PROMPTS, Prompts).keys:
        rows = memes(key=key.name, count="5")
        assert len(rows) == 5
        assert {row["label"] for row in rows} == {key.label}


def test_seed_and_run_decide_the_reply() -> None:
    first = memes(key="race_harmful", count="5")
    assert first == memes(key="race_harmful", count="5")
    assert first != memes(run=1, key="race_harmful", count="5")
    assert first != memes(seed=1, key="race_harmful", count="5")


@pytest.mark.parametrize(
    ("task", "error"),
    [
        ({"stage": "generate", "key": "cats", "language": "en"}, "no key 'cats'; known: age_harm"),
        ({"stage": "generate", "key": "age_harmful", "language": "fr"}, "no grammar for language"),
        ({"stage": "generate", "key": "age_harmful"}, "needs the task field 'language'"),
        (
            {"stage": "generate", "key": "age_harmful", "language": "en", "count": "two"},
            "task field 'count' must be a whole number, not 'two'",
        ),
        (
            {"stage": "generate", "key": "age_harmful", "language": "en", "count": "0"},
            "'count' must be at least 1",
        ),
        ({"stage": "draw"}, "no stage 'draw'; known: generate, translate, converse"),
        ({"stage": "translate", "language": "ta", "group": "x/y/0"}, "no item 'x/y/0'"),
        ({"stage": "converse", "role": "pilot"}, "no role 'pilot'; known: officer, traveller"),
    ],
)
def test_what_cannot_be_answered_comes_back_with_its_reason(
    task: dict[str, str], error: str
) -> None:
    (reply,) = TemplateProvider().complete([Request("m", (), task=task)])
    assert reply.text == ""
    assert reply.error is not None
    assert error in reply.error


@pytest.mark.parametrize("language", ["zh", "ms", "ta"])
def test_translate_gives_the_parallel_text_by_group_and_by_text(language: str) -> None:
    english, other = (
        memes(key="nationality_harmless", language=one, count="3") for one in ("en", language)
    )
    for one, two in zip(english, other, strict=True):
        assert ask(stage="translate", group=one["group"], language=language).text == two["text"]
        assert ask(stage="translate", text=one["text"], language=language).text == two["text"]


def conversation(run: int, seed: int = 0, **task: str) -> list[str]:
    """Ten turns, the officer's line before the traveller's."""
    replies = [
        ask(run, seed, **{"stage": "converse", "role": role, "turn": str(turn), **task})
        for turn in range(10)
        for role in ("officer", "traveller")
    ]
    assert [reply.error for reply in replies] == [None] * 20
    return [reply.text for reply in replies]


def test_conversations_are_in_formal_spanish_and_both_sides_keep_their_role() -> None:
    for run in range(100):
        chat = conversation(run)
        assert all(SPANISH.fullmatch(line) for line in chat), chat
        assert not [line for line in chat if INFORMAL.search(line)]
        assert "pasaporte" in chat[0].lower() or "documentación" in chat[0].lower()
        assert chat[2].endswith((".", "?"))
        assert not any("¿Me permite" in line or "aduanas" in line for line in chat[1::2])


def test_conversations_differ_and_repeat_no_question() -> None:
    chats = [conversation(run) for run in range(100)]
    assert len({"\n".join(chat) for chat in chats}) == 100
    for chat in chats:
        assert len(set(chat[::2])) == 10
    assert conversation(0) == chats[0]
    assert conversation(0, seed=1) != chats[0]


def test_some_conversations_end_early_with_a_farewell_and_others_are_cut() -> None:
    ends = Counter(
        next((n // 2 for n, line in enumerate(chat) if FAREWELL.search(line)), 10)
        for chat in map(conversation, range(100))
    )
    assert set(ends) == {7, 8, 9, 10}
    assert 30 < ends[10] < 70


def test_attributes_of_the_task_are_spoken_of() -> None:
    chat = " ".join(conversation(4, origin="Asunción", purpose="un torneo", stay="ocho días"))
    assert all(value in chat for value in ("Asunción", "un torneo", "ocho días"))
    assert conversation(4, mood="nervous") == conversation(4, mood="nerviosa")
    assert conversation(4, mood="nervous") != conversation(4, mood="joking")


def test_without_a_turn_the_lines_already_spoken_are_counted() -> None:
    chat = conversation(2)
    messages = (
        {"role": "system", "content": "..."},
        {"role": "user", "content": "Hola"},
        {"role": "assistant", "content": chat[0]},
        {"role": "user", "content": chat[1]},
    )
    task = {"stage": "converse", "role": "officer"}
    (reply,) = TemplateProvider(0).complete([Request("m", messages, run=2, task=task)])
    assert reply.text == chat[2]


def test_asking_again_for_a_line_of_a_named_conversation_stays_in_it() -> None:
    first = conversation(0, conversation="0-7", items="una guitarra")
    again = conversation(1, conversation="0-7", items="una guitarra")
    other = conversation(0, conversation="0-8", items="una guitarra")
    assert first != again
    assert first != other
    farewells = [[bool(FAREWELL.search(line)) for line in chat] for chat in (first, again)]
    assert farewells[0] == farewells[1]


def test_nobody_denies_what_is_in_the_bag() -> None:
    for run in range(60):
        chat = " ".join(conversation(run, items="queso y una buena suma en efectivo"))
        assert "productos de origen animal" not in chat
        assert "diez mil" not in chat.lower()
