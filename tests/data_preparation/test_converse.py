"""`converse` as a command: by rule, and both sides through a real server, by turns and batches."""

import json
from pathlib import Path
from typing import Any

import pytest

from data_preparation import converse
from data_preparation.record import Record, read_records
from data_preparation.roles import PROMPTS, read_scene
from tests.data_preparation.openai_server import Behaviour, Body, serve

HASTY = ["--first-wait", "0.01", "--longest-wait", "0.05", "--timeout", "60", "--poll", "0.01"]
SCENE = read_scene(PROMPTS)
OFFICER, TRAVELLER = SCENE.roles


def answer(body: Body) -> str:
    """A line that fits the role and the place in the conversation."""
    messages = body["messages"]
    officer = "agente de aduanas en un aeropuerto" in messages[0]["content"]
    if officer:
        return f"Oficial: ¿Qué trae en la maleta número {len(messages)}?"
    return f"Traigo ropa y {len(messages)} libros para mi familia."


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("API_KEY", "secret-key")
    monkeypatch.delenv("MODEL_ID", raising=False)
    monkeypatch.chdir(tmp_path)


def run(*flags: str) -> int:
    """The command in this process; writes out.jsonl."""
    return converse.main(["--output", "out.jsonl", *HASTY, *flags])


def records() -> list[Record]:
    """What was written."""
    return list(read_records(Path("out.jsonl")))


def rejects() -> list[Any]:
    """What failed."""
    lines = Path("out.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("provider", ["openai", "openai-batch"])
def test_both_sides_speak_turn_by_turn(provider: str) -> None:
    behaviour = Behaviour(answer=answer)
    with serve(behaviour) as url:
        flags = ("--provider", provider, "--model", "m", "--base-url", url, "--count", "3")
        assert run(*flags) == 0
        assert len(behaviour.billed) == 3 * 20
        assert len(behaviour.batches) == (20 if provider == "openai-batch" else 0)
        assert run(*flags) == 0
        assert len(behaviour.billed) == 3 * 20
    for record in records():
        assert record.messages is not None
        roles = [message["role"] for message in record.messages]
        assert roles == ["system", "user", *["assistant", "user"] * 10]
        assert record.messages[2]["content"] == "¿Qué trae en la maleta número 2?"
        assert record.messages[-1]["content"].startswith("Traigo ropa")
        assert (record.language, record.category, record.licence) == ("es", "customs", "synthetic")


def test_each_side_sees_itself_as_the_assistant() -> None:
    behaviour = Behaviour(answer=answer)
    with serve(behaviour) as url:
        run("--model", "m", "--base-url", url, "--count", "1")
    traveller = behaviour.billed[3]["messages"]
    assert [message["role"] for message in traveller] == ["system", "user", "assistant", "user"]
    assert "responde en el mostrador" in traveller[0]["content"]
    assert traveller[1]["content"].startswith("¿Qué trae")
    assert {tuple(sorted(set(body) - {"messages"})) for body in behaviour.billed} == {
        ("max_tokens", "model", "temperature", "top_p")
    }


def test_attributes_and_settings_are_drawn_by_seed() -> None:
    assert SCENE.draw(1, 2) == SCENE.draw(1, 2)
    drawn = [SCENE.draw(0, number) for number in range(40)]
    assert len({tuple(one.items()) for one in drawn}) == 40
    settings = {tuple(SCENE.draw_settings(0, n, OFFICER).items()) for n in range(40)}
    assert len(settings) == 9


def test_a_line_out_of_role_is_asked_again_and_then_fails_its_conversation_alone() -> None:
    slips: dict[str, int] = {}

    def slip(body: Body) -> str:
        origin = body["messages"][0]["content"]
        if "se queda" in origin.lower() and len(body["messages"]) == 4:
            slips[origin] = slips.get(origin, 0) + 1
            if origin == next(iter(slips)) or slips[origin] == 1:
                return "I am going to stay with my sister for the holidays."
        return answer(body)

    behaviour = Behaviour(answer=slip)
    with serve(behaviour) as url:
        assert run("--model", "m", "--base-url", url, "--count", "4", "--concurrency", "1") == 0
    assert len(records()) == 3
    (failed,) = rejects()
    assert failed["reason"] == "traveller: not Spanish"
    assert failed["raw"].splitlines()[-1].startswith("I am going")
    assert max(slips.values()) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("¿De dónde viene usted?", None),
        ("Perfecto.", None),
        ("Bogotá, Colombia", None),
        ("Where do you come from, sir?", "not Spanish"),
        ("Welcome to Madrid, señor.", "not Spanish"),
        ("", "empty"),
        ("Como modelo de lenguaje, no viajo.", "out of role: speaks of being a model"),
        ("¿Y la maleta?\nViajero: Es mía.", "out of role: speaks for the traveller"),
        ("vengo de Lima", "out of role: repeats the traveller"),
        ("a la " * 200, "too long"),
    ],
)
def test_faults_of_lines(line: str, reason: str | None) -> None:
    assert SCENE.fault(line, OFFICER, "Vengo de Lima") == reason


def test_names_before_a_line_are_taken_off() -> None:
    assert SCENE.clean('**Oficial de aduanas:** "Buenos días."', OFFICER) == "Buenos días."
    assert SCENE.clean("Viajero: Hola", TRAVELLER) == "Hola"


def test_conversations_stopped_half_way_go_on_at_their_turn() -> None:
    behaviour = Behaviour(answer=answer)
    with serve(behaviour) as url:
        flags = ("--model", "m", "--base-url", url, "--count", "3")
        assert run(*flags, "--cap-tokens", "7000") == 1
        half = len(behaviour.billed)
        assert 0 < half < 60
        assert records() == []
        assert run(*flags) == 0
    assert len(behaviour.billed) == 60
    assert len(records()) == 3


def test_a_hundred_conversations_of_ten_turns_by_rule() -> None:
    assert run("--count", "100") == 0
    found = records()
    assert len(found) + len(rejects()) == 100
    assert len(found) == 100
    assert {len(record.messages or ()) for record in found} == {22}
    firsts = {json.dumps(record.messages, ensure_ascii=False) for record in found}
    assert len(firsts) == 100


def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--count", "0") == 2
    assert "ask for at least one conversation" in capsys.readouterr().err
