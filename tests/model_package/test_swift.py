"""Linear layers by oneDNN do what torch's own do; captions step by step are those of generate."""

import pytest
import torch
from PIL import Image
from torch import nn

from model_package.caption import Captioner, load_captioner
from model_package.caption_steps import most_likely
from model_package.profile import WEIGHTS
from model_package.profile import Captioner as Settings
from model_package.swift import Swift, hasten


@pytest.mark.parametrize("bias", [True, False])
def test_it_computes_the_same_and_each_row_alike_among_any_number(bias: bool) -> None:
    torch.manual_seed(0)
    plain, rows = nn.Linear(256, 512, bias=bias), torch.randn(300, 256)
    with torch.inference_mode():
        swift = Swift(plain)
        whole = swift(rows)
        torch.testing.assert_close(whole, plain(rows), rtol=1e-5, atol=1e-5)
        for count in (1, 2, 8, 33, 256):
            assert torch.equal(swift(rows[:count]), whole[:count])
        assert torch.equal(swift(rows.view(3, 100, 256)), whole.view(3, 100, 512))


def test_layers_that_it_cannot_stand_for_stay_as_they_are() -> None:
    narrow, half = nn.Linear(32, 2), nn.Linear(32, 64, dtype=torch.bfloat16)
    inner = nn.Sequential(nn.Linear(64, 32), narrow)
    model = nn.Sequential(nn.Linear(32, 64), inner, half)
    hasten(model)
    assert [type(part) for part in (*model, *inner)] == [
        *(Swift, nn.Sequential, nn.Linear),
        *(Swift, nn.Linear),
    ]


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
