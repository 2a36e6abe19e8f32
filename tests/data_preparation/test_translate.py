"""`translate` as a command, by a language model, by Google and by a small local model."""

import json
from itertools import islice, permutations
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

from data_preparation import translate
from data_preparation.faithful import fault
from data_preparation.grammar import items
from data_preparation.providers import seq2seq
from data_preparation.providers.request import Request
from data_preparation.record import Record, read_records, write_records
from tests.data_preparation.conftest import ask
from tests.data_preparation.google_server import Google, serve_google
from tests.data_preparation.openai_server import Behaviour, Body, serve

WORDS = {
    ("Why is the train late again?", "ta"): "ரயில் ஏன் மீண்டும் தாமதம்?",
    ("Why is the train late again?", "zh-CN"): "地铁为什么又晚点了？",
    ("Meet @ali at 10.30, 5 bowls", "ta"): "@ali ஐ 10.30 மணிக்குச் சந்தி, 5 கிண்ணங்கள்",
    ("Meet @ali at 10.30, 5 bowls", "zh-CN"): "十点半见@ali，五碗",
}
RECORDS = [
    Record("a/1", "a train", "Why is the train late again?", "en", 0, "general", "s", "l", "g1"),
    Record("a/2", "a bowl", "Meet @ali at 10.30, 5 bowls", "en", 1, "race", "s", "l", image="x"),
    Record("a/3", "words", "ரயில்", "ta", 0),
]
HASTY = ["--first-wait", "0.01", "--longest-wait", "0.05", "--timeout", "60"]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LANGUAGE", "DIR_NAME", "MODEL_ID", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("API_KEY", "google-key")
    monkeypatch.chdir(tmp_path)
    write_records(Path("data/in.jsonl"), RECORDS)


def run(*flags: str) -> int:
    """The command in this process; writes out.jsonl."""
    return translate.main(["--output", "out.jsonl", *HASTY, *flags])


def rejects() -> dict[str, str]:
    """Reasons by id."""
    lines = Path("out.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["id"]: row["reason"] for row in map(json.loads, lines)}


def test_google_translates_what_passes_the_checks(capsys: pytest.CaptureFixture[str]) -> None:
    google = Google(lambda text, target: WORDS[text, target])
    with serve_google(google) as url:
        assert run("--base-url", url, "--input", "data/in.jsonl", "--to", "ta,zh") == 1
    records = {record.id: record for record in read_records(Path("out.jsonl"))}
    assert set(records) == {"a/1/ta", "a/1/zh", "a/2/ta"}
    first, second = records["a/1/ta"], records["a/2/ta"]
    assert first.text == "ரயில் ஏன் மீண்டும் தாமதம்?"
    assert (first.language, first.group, first.label, first.caption) == ("ta", "g1", 0, "a train")
    assert (second.group, second.image, second.licence) == ("a/2", None, "l")
    assert second.source == "s by google/google-translate-v2"
    assert rejects()["a/2/zh"] == "text: a number is lost: 10.30"
    assert "no reply" in rejects()["a/3/zh"]  # its word is not in the dictionary
    sent = {(body["source"], body["target"], body["format"]) for body in google.asked}
    assert sent == {("en", "ta", "text"), ("en", "zh-CN", "text"), ("ta", "zh-CN", "text")}
    assert "spent 110 + 0 tokens, $0.0022" in capsys.readouterr().err


def test_the_seed_s_environment_stands_for_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "Tamil")
    monkeypatch.setenv("DIR_NAME", "data")
    google = Google(lambda text, target: WORDS[text, target])
    with serve_google(google) as url:
        assert run("--base-url", url) == 0
        assert run("--base-url", url) == 0
    assert len(google.asked) == 2
    assert len(list(read_records(Path("out.jsonl")))) == 2


def test_google_s_trouble_is_asked_again_and_a_wrong_key_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    google = Google(lambda text, target: WORDS[text, target], lambda n: 503 if n < 3 else 0)
    with serve_google(google) as url:
        assert run("--base-url", url, "--input", "data", "--to", "ta") == 0
        monkeypatch.setenv("API_KEY", "wrong")
        assert run("--base-url", url, "--input", "data", "--to", "zh") == 1
    assert "status 400: API key not valid." in capsys.readouterr().err


def test_a_language_model_is_asked_with_a_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(body: Body) -> str:
        words = body["messages"][-1]["content"].split("-----")[1].strip()
        return f'"{WORDS[words, "ta"]}"'

    monkeypatch.setenv("API_KEY", "secret-key")
    behaviour = Behaviour(answer=answer)
    with serve(behaviour) as url:
        flags = ("--base-url", url, "--model", "m", "--input", "data", "--to", "ta")
        assert run(*flags) == 0
    texts = [record.text for record in read_records(Path("out.jsonl"))]
    assert texts == [text for (_, language), text in WORDS.items() if language == "ta"]
    assert "into Tamil" in behaviour.billed[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("source", "translated", "language", "reason"),
    [
        ("I love rice", "我爱吃饭", "zh", None),
        ("I love rice", "saya suka nasi", "ms", None),
        ("I love rice", "I love rice!", "ms", "a copy of the source"),
        ("100%", "100%", "zh", None),
        ("I love rice", "", "zh", "empty"),
        ("I love rice", "Saya suka nasi", "zh", "not Chinese: mostly latin script"),
        ("They are here with me", "they were here with you", "ms", "not Malay: reads as English"),
        ("See https://a.sg/x now", "现在就看", "zh", "a link is lost: https://a.sg/x"),
        ("Hi {name}, 3 left", "嗨 {name}，剩三个", "zh", "a number is lost: 3"),
        ("Hi {name}", "嗨 {名字}", "zh", "a placeholder is lost: {name}"),
        ("Hi", "抱歉，我无法翻译。", "zh", "refusal"),
        ("Go", "走" * 40, "zh", "far too long"),
        ("a " * 90, "走走", "zh", "far too short"),
        ("I love rice", "我爱\n吃\n饭", "zh", "more lines than the source"),
        ("3 people", "௩ பேர்", "ta", None),
    ],
)
def test_faults(source: str, translated: str, language: str, reason: str | None) -> None:
    assert fault(source, translated, language) == reason


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--to", "fr", "--input", "data"], "language 'fr': give --to, or LANGUAGE, of en"),
        (["--to", "ta"], "nothing to translate: give --input, or set DIR_NAME"),
        (["--to", "ta", "--input", "none.jsonl"], "none.jsonl: cannot be read"),
        (["--to", "ta", "--input", "data", "--fields", "x"], "--fields x: choose of text"),
    ],
)
def test_mistakes_are_one_line(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*flags) == 2
    assert said in capsys.readouterr().err


def small_model(folder: Path) -> None:
    """A translation model with random weights that knows language codes."""
    words = ["<pad>", "</s>", "<unk>", "eng_Latn", "zho_Hans", "tam_Taml", *"abcdefgh"]
    core = Tokenizer(models.WordLevel({word: n for n, word in enumerate(words)}, "<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    special: Any = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    PreTrainedTokenizerFast(tokenizer_object=core, **special).save_pretrained(folder)
    size: Any = {"d_model": 16, "d_ff": 16, "num_layers": 1, "num_heads": 2, "d_kv": 8}
    torch.manual_seed(0)
    config = T5Config(vocab_size=len(words), decoder_start_token_id=0, **size)
    T5ForConditionalGeneration(config).save_pretrained(folder)


def test_a_local_translation_model_is_steered_by_its_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seq2seq, "LONGEST", 8)  # random weights never end
    small_model(tmp_path / "model")
    model = seq2seq.load_seq2seq(tmp_path / "model", batch=2)
    asked = [
        Request("m", ({"role": "user", "content": text},), task={"from": "en", "language": to})
        for text in ("a b c", "d", "e f")
        for to in ("ta", "zh")
    ]
    replies = ask(model, asked)
    assert [reply.error for reply in replies.values()] == [None] * 6
    assert model._steer("en", "ta") == {"forced_bos_token_id": 5}
    assert {request.key: ask(model, [request])[request.key].text for request in asked} == {
        key: reply.text for key, reply in replies.items()
    }


def test_memes_of_the_parallel_grammar_have_each_others_length() -> None:
    texts = {
        language: {item.group: item.text for item in islice(items(language, 0), 400)}
        for language in ("en", "zh", "ms", "ta")
    }
    for source, target in permutations(texts, 2):
        pairs = ((text, texts[target][group]) for group, text in texts[source].items())
        faults = [fault(before, after, target) for before, after in pairs]
        assert not [one for one in faults if one and one.startswith("far too")]
