"""`generate` as a command, against a real server on loopback: stopped, capped, fed with noise."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from data_preparation import generate, replies
from data_preparation.record import read_records
from tests.data_preparation.openai_server import Behaviour, Body, serve

HASTY = ["--first-wait", "0.01", "--longest-wait", "0.05", "--timeout", "60"]


def memes(body: Body) -> str:
    """Five memes in JSON, different for each request, as the prompt asks."""
    about = hash(json.dumps(body, sort_keys=True)) % 100000
    return json.dumps([{"picture": f"a cat {n}", "text": f"hello {about} {n}"} for n in range(5)])


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("API_KEY", "secret-key")
    monkeypatch.setenv("MODEL_ID", "m")
    for name in ("NUM_RUNS", "PROMPT_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def run(url: str, *flags: str) -> int:
    """The command in this process; writes out.jsonl."""
    return generate.main(["--base-url", url, "--output", "out.jsonl", *HASTY, *flags])


def rows(path: str) -> list[Any]:
    """The lines of a JSON Lines file."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def test_records_carry_all_that_a_record_needs(capsys: pytest.CaptureFixture[str]) -> None:
    behaviour = Behaviour(answer=memes)
    with serve(behaviour) as url:
        assert run(url, "--key", "race_harmful,age_harmless", "--language", "en,ta") == 0
    records = list(read_records(Path("out.jsonl")))
    assert len(behaviour.billed) == 2 * 2 * 10
    assert len(records) == len({record.id for record in records}) == 200
    first = records[0]
    assert (first.language, first.label, first.category) == ("en", 1, "race")
    assert (first.source, first.licence, first.caption) == ("openai/m", "synthetic", "a cat 0")
    assert first.group
    assert first.text
    assert {record.label for record in records if record.category == "age"} == {0}
    shown = capsys.readouterr()
    assert shown.out == "out.jsonl\t200 records\n"
    assert "0 replies kept, 40 to ask for" in shown.err
    assert "found 200, kept 200, rejected 0" in shown.err


def test_the_environment_speaks_where_flags_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMPT_KEY", "daily_harmless")
    monkeypatch.setenv("NUM_RUNS", "3")
    behaviour = Behaviour(answer=memes)
    with serve(behaviour) as url:
        assert run(url) == 0
        assert len(behaviour.billed) == 3
        assert generate.main(["--base-url", url]) == 0
        assert len(rows("runs/generate/daily_harmless.jsonl")) == 15
        assert run(url, "--runs", "4", "--key", "daily_harmless", "--temperature", "0.2") == 0
    assert [body["temperature"] for body in behaviour.billed] == [0.9] * 3 + [0.2] * 4


def test_noisy_replies_are_counted_row_by_row() -> None:
    noise = [
        '[{"picture": "a", "text": "b"}, {"picture": "c"}]',
        "I'm sorry, I can't help with that.",
        {"content": '[{"picture": "a", "text": "b"}, {"pict', "finish_reason": "length"},
        "1. Picture: a\nText: b",
        "",
        {"content": None, "refusal": "No."},
    ]
    with serve(Behaviour(answer=lambda body: noise.pop())) as url:
        assert run(url, "--key", "race_harmful", "--runs", "6") == 0
    manifest = json.loads(Path("out.run.json").read_text())
    reasons = {"refusal": 2, "no text": 1, "empty": 1}
    assert manifest["metrics"]["kept"] == len(rows("out.jsonl")) == 3
    assert manifest["metrics"]["rejected"] == len(rows("out.rejected.jsonl"))
    assert manifest["metrics"]["found"] == 3 + manifest["metrics"]["rejected"]
    assert reasons.items() <= manifest["reasons"].items()
    assert all(row["reason"] for row in rows("out.rejected.jsonl"))


def test_half_a_surrogate_pair_in_a_reply_ends_no_run() -> None:
    half = "1. Picture: a cat\nText: hello \ud83d!"
    for provider in ("openai", "openai-batch"):
        with serve(Behaviour(answer=lambda body: half)) as url:
            flags = ("--key", "race_harmful", "--runs", "1", "--provider", provider)
            assert run(url, *flags, "--poll", "0.01", "--replies", provider) == 0
        assert [row["text"] for row in rows("out.jsonl")] == ["hello \ufffd!"]


def test_requests_without_a_reply_are_told_and_asked_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    behaviour = Behaviour(answer=memes, trouble=lambda n, body: "400" if n % 2 else "")
    with serve(behaviour) as url:
        assert run(url, "--key", "race_harmful", "--runs", "6") == 1
        shown = capsys.readouterr()
        assert "3 requests had no reply, the first for: status 400: too long" in shown.err
        assert len(rows("out.jsonl")) == 15
        behaviour.trouble = lambda n, body: ""
        assert run(url, "--key", "race_harmful", "--runs", "6") == 0
    assert len(rows("out.jsonl")) == 30
    assert len(behaviour.billed) == 6


def test_a_run_without_any_reply_leaves_what_an_earlier_one_wrote() -> None:
    with serve(Behaviour(answer=memes)) as url:
        assert run(url, "--key", "daily_harmless", "--runs", "2") == 0
    before = Path("out.jsonl").read_bytes()
    assert len(before.splitlines()) == 10
    nobody = "http://127.0.0.1:9/v1"
    assert run(nobody, "--key", "race_harmful", "--runs", "1", "--retries", "0") == 1
    assert Path("out.jsonl").read_bytes() == before


def test_a_cap_stops_before_it_is_passed(capsys: pytest.CaptureFixture[str]) -> None:
    behaviour = Behaviour(answer=memes)
    flags = ("--key", "race_harmful", "--runs", "20", "--cap-tokens", "5000")
    with serve(behaviour) as url:
        assert run(url, *flags) == 1
    manifest = json.loads(Path("out.run.json").read_text())
    spent = manifest["spent"]["input_tokens"] + manifest["spent"]["output_tokens"]
    assert 0 < spent <= 5000
    assert 0 < len(behaviour.billed) < 20
    assert len(rows("out.jsonl")) == 5 * len(behaviour.billed)
    assert "stopped before the cap (tokens 5000) would be passed" in capsys.readouterr().err


def test_the_manifest_tells_what_the_records_came_from() -> None:
    with serve(Behaviour(answer=memes)) as url:
        secret_url = url.replace("http://", "http://user:word@")
        flags = ("--key", "race_harmful", "--runs", "1", "--cap-tokens", "9000", "--top-k", "9")
        assert run(secret_url, *flags) == 1  # this server takes no password
        assert json.loads(Path("out.run.json").read_text())["settings"]["base_url"] == url
        assert "word" not in Path("out.run.json").read_text()
        assert run(url, *flags) == 0
        manifest = json.loads(Path("out.run.json").read_text())
    prompts = str(generate.PROMPTS)
    assert manifest["inputs"] == {prompts: hashlib.sha256(Path(prompts).read_bytes()).hexdigest()}
    settings = manifest["settings"]
    assert settings["sampling"] == {
        "temperature": 0.9,
        "top_p": 0.95,
        "max_tokens": 1200,
        "top_k": 9,
    }
    assert settings["caps"] == {"tokens": 9000.0, "money": None}
    assert (settings["base_url"], settings["source"]) == (url, "openai/m")
    assert manifest["seconds"] >= 0
    assert manifest["versions"]["openai"] != "absent"


def test_money_needs_a_price(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--key", "race_harmful", "--cap-money", "1"]
    assert run("http://127.0.0.1:9/v1", *flags) == 2
    assert "no price is known for 'm'" in capsys.readouterr().err
    Path("own.toml").write_text("[[models]]\nmodel = 'm'\ninput = 1000\noutput = 1000\n")
    behaviour = Behaviour(answer=memes)
    with serve(behaviour) as url:
        assert run(url, *flags, "--prices", "own.toml") == 1
        assert len(behaviour.billed) == 0
        assert run(url, "--key", "race_harmful", "--cap-money", "3", "--prices", "own.toml") == 1
    manifest = json.loads(Path("out.run.json").read_text())
    assert 0 < manifest["spent"]["money"] <= 3


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--key", "nonsense"], "no prompt key is called 'nonsense'; choose of race_harmful"),
        ([], "nothing to ask for: give --key, or set PROMPT_KEY"),
        (["--key", "all", "--language", "fr"], "--language fr: choose of en"),
        (["--key", "all", "--provider", "transformers", "--model", "none"], "none holds no model"),
        (["--key", "all", "--prompts", "none.toml"], "none.toml: cannot be read as TOML"),
        (["--key", "all", "--concurrency", "0"], "--concurrency is 0; give a number from 1 to"),
        (["--key", "all", "--retries", "-1"], "--retries is -1; give a number from 0"),
        (["--key", "all", "--requests-per-minute", "0"], "--requests-per-minute is 0.0; give"),
        (["--key", "all", "--tokens-per-minute", "0"], "--tokens-per-minute is 0.0; give"),
        (["--key", "all", "--timeout", "-1"], "--timeout is -1.0; give"),
        (["--key", "all", "--timeout", "inf"], "--timeout is inf; give"),
        (["--key", "all", "--temperature", "nan"], "--temperature is nan; give"),
        (["--key", "all", "--max-tokens", "0"], "--max-tokens is 0; give a number from 1"),
        (["--key", "all", "--cap-money", "nan"], "--cap-money is nan; give a number at least 0"),
        (["--key", "all", "--examples", "-3"], "--examples is -3; give a whole number from 1"),
        (["--key", "all", "--examples", "0"], "--examples is 0; give a whole number from 1"),
        (["--key", "all", "--runs", "0"], "NUM_RUNS or --runs is 0; give a whole number from 1"),
        (["--key", "all", "--base-url", "nonsense"], "--base-url is 'nonsense'; give one like"),
        (["--key", "all", "--base-url", "http://h:port/v1"], "--base-url is 'http://h:port/v1'"),
        (["--key", "all", "--replies", "file"], "file: no folder that can be written to: File ex"),
        (["--key", "all", "--output", "folder"], "folder is a folder; name a file to write"),
        (["--key", "all", "--output", "file/o.jsonl"], "file: no folder that can be written to"),
        (["--key", "all", "--output", "/proc/x/o.jsonl"], "/proc/x: no folder that can be writ"),
    ],
)
def test_mistakes_are_one_line(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("folder").mkdir()
    Path("file").touch()
    assert run("http://127.0.0.1:9/v1", *flags) == 2
    shown = capsys.readouterr().err
    assert said in shown
    assert shown.count("\n") == 1


def test_replies_are_listed_and_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    behaviour = Behaviour(answer=memes)
    with serve(behaviour) as url:
        run(url, "--key", "race_harmful,age_harmful", "--runs", "2")
        capsys.readouterr()
        assert replies.main(["list", "--key", "age_harmful"]) == 0
        assert capsys.readouterr().out.count("\tgenerate\tage_harmful\ten\t") == 2
        assert replies.main(["clear"]) == 2
        assert replies.main(["clear", "--key", "age_harmful"]) == 0
        assert capsys.readouterr().out == "2 replies cleared\n"
        run(url, "--key", "race_harmful,age_harmful", "--runs", "2")
    assert len(behaviour.billed) == 6


def start(url: str, *flags: str) -> "subprocess.Popen[bytes]":
    """The command in a process of its own."""
    command = [sys.executable, "-m", "data_preparation.generate", "--base-url", url]
    command += ["--output", "out.jsonl", "--key", "race_harmful", *HASTY, *flags]
    path = {**os.environ, "PYTHONPATH": str(Path(generate.__file__).parents[1])}
    return subprocess.Popen(command, env=path, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("provider", ["openai", "openai-batch"])
def test_killed_at_random_moments_nothing_is_lost_and_little_is_billed_twice(
    provider: str,
) -> None:
    """Each death may cost the replies that were under way, and no other."""
    chance, deaths, concurrency, runs = random.Random(7), 0, 2, 40
    behaviour = Behaviour(answer=memes)
    flags = ["--provider", provider, "--runs", str(runs), "--concurrency", str(concurrency)]
    flags += ["--poll", "0.1", "--language", "en"]
    with serve(behaviour) as url:
        while True:
            # The first lives until it is killed, however late that is on a busy machine.
            behaviour.delay, behaviour.polls = (0.05, 4) if deaths else (1.0, 100)
            process = start(url, *flags)
            seen = len(behaviour.billed) + len(behaviour.files) + len(behaviour.batches)
            while process.poll() is None:
                now = len(behaviour.billed) + len(behaviour.files) + len(behaviour.batches)
                if deaths < 3 and now > seen:
                    time.sleep(chance.uniform(0, 0.3))
                    process.kill()
                    break
                time.sleep(0.005)
            if process.wait() == 0:
                break
            assert process.returncode == -signal.SIGKILL
            deaths += 1
    assert len(rows("out.jsonl")) == 5 * runs
    again = len(behaviour.billed) - runs
    assert 0 <= again <= (deaths * concurrency if provider == "openai" else 0)
    assert deaths >= 1


def test_the_same_command_twice_at_once_is_billed_once() -> None:
    behaviour = Behaviour(answer=memes, delay=0.05)
    with serve(behaviour) as url:
        both = [start(url, "--runs", "12", "--concurrency", "2") for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
    assert len(behaviour.billed) == 12


def test_runs_that_overlap_are_billed_once() -> None:
    behaviour = Behaviour(answer=memes, delay=0.05)
    with serve(behaviour) as url:
        both = [start(url, "--runs", runs, "--concurrency", "2") for runs in ("10", "11")]
        assert [process.wait() for process in both] == [0, 0]
    assert len(behaviour.billed) == 11


def test_a_polite_stop_keeps_what_was_under_way() -> None:
    behaviour = Behaviour(answer=memes, delay=0.3)
    with serve(behaviour) as url:
        process = start(url, "--runs", "10", "--concurrency", "2")
        while behaviour.under_way < 2:
            time.sleep(0.01)
        process.terminate()
        assert process.wait() == 130
        assert len(rows("runs/replies/kept.jsonl")) == len(behaviour.billed)
        assert start(url, "--runs", "10").wait() == 0
    assert len(behaviour.billed) == 10
