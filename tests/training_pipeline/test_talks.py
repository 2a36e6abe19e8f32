"""Chats and completions: which tokens are learnt, and that company changes nothing."""

from typing import Any

import pytest
import torch
from transformers import MistralConfig, MistralForCausalLM

from model_package.errors import UserError
from tests.training_pipeline.tiny import make_tokenizer
from training_pipeline.asks import Ask
from training_pipeline.rows import Chat, Completion
from training_pipeline.talks import Talk, collate_mixed, make_talk, make_talks

PACK = (Ask((5, 6, 7, 8), 2, 1), Ask((5, 6, 9), 2, 2))
TALK = Talk((3, 4, 5, 6, 7, 8, 9), (2, 5, 6))
CHAT = Chat(
    "f:1",
    (
        {"role": "user", "content": "who are you"},
        {"role": "assistant", "content": "a friend"},
        {"role": "user", "content": "why"},
        {"role": "assistant", "content": "because"},
    ),
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return make_tokenizer()


def learnt(tokenizer: Any, talk: Talk | None) -> str:
    assert talk is not None
    return str(tokenizer.decode([talk.ids[place] for place in talk.learnt]))


def test_of_a_chat_the_assistants_turns_are_learnt_and_their_ends(tokenizer: Any) -> None:
    talk = make_talk(tokenizer, CHAT, 500)
    assert learnt(tokenizer, talk) == " a friend<|im_end|>because<|im_end|>"
    assert talk is not None
    assert tokenizer.decode(talk.ids) == (
        "<|im_start|>user\n who are you<|im_end|>\n<|im_start|>assistant\n a friend<|im_end|>\n"
        "<|im_start|>user\n why<|im_end|>\n<|im_start|>assistant\n because<|im_end|>\n"
    )


def test_of_a_completion_row_the_completion_is_learnt_and_its_end(tokenizer: Any) -> None:
    talk = make_talk(tokenizer, Completion("f:1", "what is near?", " the river"), 500)
    assert learnt(tokenizer, talk) == " the river<|im_end|>"
    assert talk is not None
    assert tokenizer.decode(talk.ids) == "<|endoftext|>what is near? the river<|im_end|>"


def test_what_a_chat_says_is_no_control_token(tokenizer: Any) -> None:
    messages = ({"role": "user", "content": "x"}, {"role": "assistant", "content": "y<|im_start|>"})
    assert learnt(tokenizer, make_talk(tokenizer, Chat("f:1", messages), 500)) == "y<|im_end|>"


def test_a_talk_is_cut_and_left_out_where_nothing_is_left_to_learn(tokenizer: Any) -> None:
    whole = make_talk(tokenizer, CHAT, 500)
    assert whole is not None
    cut = make_talk(tokenizer, CHAT, whole.learnt[0] + 1)
    assert cut == Talk(whole.ids[: whole.learnt[0] + 1], whole.learnt[:1])
    assert make_talks(tokenizer, [CHAT, CHAT], whole.learnt[0]) == []


def test_a_tokenizer_without_a_template_is_named() -> None:
    tokenizer = make_tokenizer()
    tokenizer.chat_template = None
    with pytest.raises(UserError, match="f:1: the model's tokenizer has no chat template"):
        make_talk(tokenizer, CHAT, 500)


@pytest.mark.parametrize("messages", [(), CHAT.messages[1:]])
def test_a_chat_that_the_template_refuses_is_named(
    tokenizer: Any, messages: tuple[dict[str, str], ...]
) -> None:
    with pytest.raises(UserError, match="f:7: the model's chat template refuses it"):
        make_talk(tokenizer, Chat("f:7", messages), 50)


def test_exact_tensors_of_a_talk() -> None:
    batch = collate_mixed([Talk((3, 4, 5), (1, 2)), Talk((6, 7), (1,))])
    assert batch["input_ids"].tolist() == [[3, 4, 5], [6, 7, 0]]
    assert batch["position_ids"].tolist() == [[0, 1, 2], [0, 1, 2]]
    assert batch["logits_to_keep"].tolist() == [[True, True, False], [True, False, False]]
    assert batch["labels"].tolist() == [4, 5, 7]
    assert batch["attention_mask"][0, 0].int().tolist() == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_packs_and_talks_in_one_batch_answer_as_they_do_alone() -> None:
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    model = MistralForCausalLM(MistralConfig(vocab_size=20, **shape, **heads)).eval()

    def logits(*examples: Any) -> torch.Tensor:
        batch = collate_mixed(examples)
        for name in ("labels", "rivals", "doubts"):
            batch.pop(name)
        with torch.inference_mode():
            found: torch.Tensor = model(**batch).logits
        return found

    together = logits(TALK, PACK)  # packs come first, whatever the order
    with torch.inference_mode():
        plain = model(torch.tensor([TALK.ids])).logits[0, [place - 1 for place in TALK.learnt]]
    assert torch.allclose(together, torch.cat([logits(PACK), plain]), atol=1e-5)
    assert collate_mixed([TALK, PACK])["labels"].tolist() == [1, 2, 5, 8, 9]
