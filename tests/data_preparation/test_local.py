"""Local models as providers: seeded rows, first-token logprobs, and one behind a real server."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)

from data_preparation import generate
from data_preparation.providers.local import Local, fingerprint, load_local
from data_preparation.providers.picture import picture_part
from data_preparation.providers.request import Request
from model_package.errors import UserError
from tests.data_preparation.conftest import ask, chat
from tests.data_preparation.openai_server import Behaviour, Body, serve

LM = Path(__file__).parents[2] / "model_package" / "weights" / "pocket" / "lm"


@pytest.fixture(scope="module")
def local() -> Local:
    """The committed small model."""
    return load_local(LM, batch=4)


def request(words: str, run: int = 0, **settings: Any) -> Request:
    """A request to the small model."""
    messages = ({"role": "user", "content": words},)
    return Request("lm", messages, {"max_tokens": 12, **settings}, run)


def test_a_row_is_the_same_alone_and_in_company(local: Local) -> None:
    asked = [request(f"Tell me about {'cats ' * n}", temperature=1.0) for n in range(6)]
    together = ask(local, asked)
    for one in asked:
        assert ask(local, [one])[one.key] == together[one.key]


def test_another_run_draws_another_reply_and_temperature_nought_does_not(local: Local) -> None:
    drawn = {reply.text for reply in ask(local, [request("Hi", run) for run in range(5)]).values()}
    assert len(drawn) > 1
    sure = [request("Hi", run, temperature=0.0) for run in range(5)]
    assert len({reply.text for reply in ask(local, sure).values()}) == 1


def test_tokens_are_counted_and_limits_told(local: Local) -> None:
    (reply,) = ask(local, [request("Hi there", temperature=0.0, max_tokens=3)]).values()
    assert reply.input_tokens > 3
    assert reply.output_tokens <= 3
    assert reply.finish == ("length" if reply.output_tokens == 3 else "stop")


def test_first_token_logprobs_come_in_openai_s_form(local: Local) -> None:
    asked = request("Is this harmful? Yes or No", logprobs=True, top_logprobs=5)
    (reply,) = ask(local, [asked]).values()
    tops = reply.logprobs[0]["top_logprobs"]
    assert len(tops) == 5
    assert [top["logprob"] for top in tops] == sorted((t["logprob"] for t in tops), reverse=True)
    assert all(top["logprob"] <= 0 for top in tops)


def test_a_bad_row_fails_alone(local: Local) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    bad = Request("lm", ({"role": "user", "content": [picture]},), {"max_tokens": 12})
    good = request("Hi")
    replies = ask(local, [good, bad])
    assert replies[good.key].error is None
    assert replies[bad.key].error is not None


def test_a_folder_without_a_model_is_a_user_s_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be loaded"):
        load_local(tmp_path)


def test_the_fingerprint_follows_the_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    before = fingerprint(tmp_path)
    assert before == fingerprint(tmp_path)
    (tmp_path / "config.json").write_text('{"a": 1}')
    assert fingerprint(tmp_path) != before


def running(local: Local) -> Behaviour:
    """A server's behaviour that runs the model for each request."""
    alone = threading.Lock()

    def answer(body: Body) -> Body:
        settings = {name: body[name] for name in ("max_tokens", "temperature")}
        with alone:
            (reply,) = local.complete([Request("lm", tuple(body["messages"]), settings)])
        return {"content": reply.text, "finish_reason": reply.finish}

    return Behaviour(answer=answer)


def test_a_server_that_runs_a_model_answers_what_the_model_answers(local: Local) -> None:
    asked = [request(f"Number {n}", temperature=0.0) for n in range(3)]
    direct = ask(local, asked)
    with serve(running(local)) as url:
        served = ask(chat(url), asked)
    for one in asked:
        assert served[one.key].text == direct[one.key].text


def test_generating_through_a_server_that_runs_a_model_accounts_for_every_reply(
    local: Local, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small model writes no memes: each of its replies must be told with a reason."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("API_KEY", "secret-key")
    flags = ["--model", "lm", "--key", "age_harmless", "--runs", "3", "--max-tokens", "16"]
    with serve(running(local)) as url:
        assert generate.main([*flags, "--base-url", url, "--output", "out.jsonl"]) == 0
    manifest = json.loads(Path("out.run.json").read_text(encoding="utf-8"))
    metrics = manifest["metrics"]
    assert metrics["found"] == metrics["kept"] + metrics["rejected"] >= 3
    assert metrics["unanswered"] == 0
    assert sum(manifest["reasons"].values()) == metrics["rejected"]


def small_llava(folder: Path) -> None:
    """A model of LLaVA's kind with random weights and a vocabulary of a few words."""
    names = ["<pad>", "<s>", "</s>", "<unk>", "<image>", *"USER ASSISTANT : Yes No Is it ?".split()]
    core = Tokenizer(models.WordLevel({name: n for n, name in enumerate(names)}, "<unk>"))
    core.pre_tokenizer = pre_tokenizers.Whitespace()
    special: Any = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, additional_special_tokens=["<image>"], **special
    )
    size: Any = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2}
    eyes = CLIPVisionConfig(num_hidden_layers=2, image_size=16, patch_size=8, **size)
    words = LlamaConfig(vocab_size=len(names), num_hidden_layers=1, **size)
    torch.manual_seed(0)
    config = LlavaConfig(vision_config=eyes, text_config=words, image_token_index=4)
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    pictures: Any = {"size": {"shortest_edge": 16}, "crop_size": {"height": 16, "width": 16}}
    LlavaProcessor(
        image_processor=CLIPImageProcessor(**pictures),
        tokenizer=tokenizer,
        patch_size=8,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=TEMPLATE,
    ).save_pretrained(folder)


TEMPLATE = (
    "{% for m in messages %}{{ m['role'].upper() }} : {% for c in m['content'] %}"
    "{% if c['type'] == 'image' %}<image> {% else %}{{ c['text'] }} {% endif %}{% endfor %}"
    "{% endfor %}ASSISTANT :"
)


def test_a_model_that_sees_tells_pictures_apart(tmp_path: Path) -> None:
    small_llava(tmp_path / "model")
    seeing = load_local(tmp_path / "model", batch=2)
    asked = []
    for colour in ("red", "blue"):
        Image.new("RGB", (20, 30), colour).save(tmp_path / "shot.png")
        content = [picture_part(tmp_path / "shot.png"), {"type": "text", "text": "Is it ?"}]
        settings = {"max_tokens": 2, "temperature": 0.0, "logprobs": True, "top_logprobs": 13}
        asked.append(Request("m", ({"role": "user", "content": content},), settings))
    together = ask(seeing, asked)
    first, second = (together[one.key].logprobs[0]["logprob"] for one in asked)
    assert first != pytest.approx(second, abs=1e-4)
    (alone,) = ask(seeing, asked[:1]).values()
    assert alone.logprobs[0]["logprob"] == pytest.approx(first, abs=1e-5)
