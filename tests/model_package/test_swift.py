"""Linear layers by oneDNN do what torch's own do; captions step by step are those of generate."""

import weakref
from typing import Any

import pytest
import torch
from PIL import Image
from torch import nn

from model_package import beat as beats
from model_package import swift as module
from model_package.beat import Beat
from model_package.caption import Captioner, load_captioner
from model_package.caption_steps import most_likely
from model_package.profile import WEIGHTS
from model_package.profile import Captioner as Settings
from model_package.swift import Swift, hasten


@pytest.mark.parametrize("bias", [True, False])
def test_it_computes_the_same_for_any_number_of_rows(bias: bool) -> None:
    torch.manual_seed(0)
    plain, rows = nn.Linear(256, 512, bias=bias), torch.randn(300, 256)
    with torch.inference_mode():
        swift = Swift(plain)
        whole = swift(rows)
        torch.testing.assert_close(whole, plain(rows), rtol=1e-5, atol=1e-5)
        for count in (1, 2, 8, 33, 256):
            torch.testing.assert_close(swift(rows[:count]), whole[:count], rtol=1e-5, atol=1e-5)
        assert swift(rows.view(3, 100, 256)).shape == (3, 100, 512)


def test_layers_that_it_cannot_stand_for_stay_as_they_are() -> None:
    narrow, half = nn.Linear(32, 2), nn.Linear(32, 64, dtype=torch.bfloat16)
    inner = nn.Sequential(nn.Linear(64, 32), narrow)
    model = nn.Sequential(nn.Linear(32, 64), inner, half)
    hasten(model)
    assert [type(part) for part in (*model, *inner)] == [
        *(Swift, nn.Sequential, nn.Linear),
        *(Swift, nn.Linear),
    ]


def test_no_weights_are_there_twice() -> None:
    assert module._is_offered()
    inner = nn.Sequential(nn.Linear(64, 64))
    model = nn.Sequential(nn.Linear(64, 64), inner)
    old = [weakref.ref(model[0]), weakref.ref(inner[0])]
    alive: list[int] = []

    def count(like: nn.Linear) -> Swift:
        alive.append(sum(one() is not None for one in old))
        return Swift(like)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "Swift", count)
        hasten(model)
    assert alive == [2, 1]


@pytest.mark.parametrize("error", [AttributeError, RuntimeError])
def test_where_it_is_not_offered_layers_stay_as_they_are(error: type[Exception]) -> None:
    model = nn.Sequential(nn.Linear(64, 64))
    module._is_offered.cache_clear()

    def broken(like: nn.Linear) -> Swift:
        raise error

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "Swift", broken)
        hasten(model)
    module._is_offered.cache_clear()
    assert type(model[0]) is nn.Linear


def test_a_long_caption_gives_signs_of_life(captioner: Captioner) -> None:
    heard: list[dict[str, Any]] = []
    beat, features = Beat(heard.append), torch.zeros((1, 5, 192))
    with pytest.MonkeyPatch.context() as patch, torch.inference_mode():
        patch.setattr(beats, "EVERY", 0.0)
        beat.follow(captioner)
        beat(0, "caption")
        found = most_likely(captioner.model.text_decoder, features, 6)
    assert len(heard) > found.shape[1]


@pytest.fixture(scope="module")
def captioner() -> Captioner:
    return load_captioner(WEIGHTS / "pocket" / "captioner", Settings(), torch.device("cpu"))


def test_steps_find_what_generate_finds(captioner: Captioner) -> None:
    colours = ["red", "white", "black", "teal", "navy", "olive", "gold", "pink"]
    pictures = [
        Image.radial_gradient("L").convert("RGB"),
        *(Image.new("RGB", (9, 9), c) for c in colours),
    ]
    decoder, text = captioner.model.text_decoder, captioner.model.config.text_config
    with torch.inference_mode():
        features = captioner._encode(pictures)
        found = most_likely(decoder, features, 20)
        wanted = decoder.generate(
            input_ids=torch.full((len(pictures), 1), text.bos_token_id),
            encoder_hidden_states=features,
            encoder_attention_mask=torch.ones(features.shape[:2]).long(),
            eos_token_id=text.sep_token_id,
            pad_token_id=text.pad_token_id,
            max_new_tokens=20,
            do_sample=False,
        )
    assert found.tolist() == wanted[:, 1:].tolist()
    assert (found == text.sep_token_id).any()  # so that some end and are padded
