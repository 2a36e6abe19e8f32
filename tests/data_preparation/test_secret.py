"""The key is never shown, neither whole nor in part; what is no key is refused."""

from pathlib import Path

import pytest

from data_preparation import generate
from data_preparation.providers.secret import NO_KEY, shorten, take_key
from model_package.errors import UserError
from tests.data_preparation.conftest import HASTY, ask, chat
from tests.data_preparation.openai_server import Behaviour, serve
from tests.data_preparation.test_openai_batch import batch
from tests.data_preparation.test_openai_chat import requests

KEY = "sk-" + "abcdefgh" * 5


@pytest.mark.parametrize("end", ["", "\r", "\n", " \r\n"])
def test_white_space_around_the_key_is_dropped(end: str) -> None:
    assert take_key({"API_KEY": KEY + end}, "OTHER") == KEY
    assert take_key({"API_KEY": end, "OTHER": KEY + end}, "OTHER") == KEY


@pytest.mark.parametrize("key", ["sk-\u2019quoted", "sk-\x07bell", "two keys", "sk\nsk"])
def test_what_is_no_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(UserError) as caught:
        take_key({"OTHER": key}, "OTHER")
    assert str(caught.value).startswith("OTHER holds a character that no key has")
    assert key not in str(caught.value)


def test_a_server_of_one_s_own_needs_no_key_and_its_errors_stay_as_they_are() -> None:
    assert take_key({}, "OTHER", needless=True) == NO_KEY
    assert shorten(f"none of {NO_KEY}", NO_KEY) == f"none of {NO_KEY}"


@pytest.mark.parametrize("before", range(150, 200, 7))
def test_the_key_is_hidden_before_the_reason_is_cut(before: int) -> None:
    assert KEY[:4] not in shorten("x" * before + KEY, KEY)
    assert shorten(f"wrong {(KEY + chr(92))!r}", KEY + chr(92)) == "wrong '(key)'"


def test_no_reply_s_reason_shows_a_part_of_the_key(tmp_path: Path) -> None:
    """The server says the key far into its message, where reasons are cut."""

    def spoil(body: object) -> str:
        return "x" * 150 + KEY

    broken = Behaviour(trouble=lambda number, body: "tells the key", key=KEY)
    with serve(broken) as url:
        (reply,) = ask(chat(url, HASTY, KEY), requests(1)).values()
    assert "(ke" in str(reply.error)
    assert KEY[:6] not in str(reply.error)
    with serve(Behaviour(spoil=spoil, key=KEY)) as url:
        (reply,) = ask(batch(url, tmp_path, key=KEY), requests(1)).values()
    assert "(key)" in str(reply.error)
    assert KEY[:6] not in str(reply.error)


def test_a_key_that_ends_a_line_reaches_neither_disk_nor_stderr(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", f"{KEY}\r\n")
    monkeypatch.chdir(tmp_path)
    with serve(Behaviour(key=KEY)) as url:
        flags = ["--base-url", url, "--model", "m", "--key", "race_harmful", "--runs", "1"]
        assert generate.main([*flags, "--output", "out.jsonl"]) == 0
    assert KEY not in capsys.readouterr().err
    written = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not any(KEY in text for text in written)
