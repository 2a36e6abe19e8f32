"""Scores are those of the whole prompt under the whole model, and each row's own."""

import copy
import json
import math
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model_package import Moderator
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.gptq import load_causal_lm
from model_package.packed import PackedLinear
from model_package.policy import load_policy
from model_package.profile import WEIGHTS, LanguageModel
from model_package.score import Scorer, choose_dtype, larger, load_scorer

FOLDER = WEIGHTS / "pocket" / "lm"
CPU = torch.device("cpu")
WORDS = "THEY SAID a quick meeting 世界 都是 வணக்கம் nak balik <|im_end|> kampung".split()


def evidences(count: int) -> list[Evidence]:
    """Texts and captions of all lengths, from nothing to beyond the budget."""
    chance = random.Random(0)
    return [
        Evidence(
            " ".join(chance.choices(WORDS, k=chance.randrange(20))),
            " ".join(chance.choices(WORDS, k=chance.choice([0, 1, 5, 40, 300]))),
        )
        for _ in range(count)
    ]


def scorer(kernel: str = "unpack", batch_tokens: int = 1) -> Scorer:
    settings = LanguageModel(kernel=kernel, dtype="float32", batch_tokens=batch_tokens)
    return load_scorer(FOLDER, settings, load_policy("ospc"), CPU)


def flat(answers: list[dict[str, float]]) -> list[float]:
    return [proba for one in answers for proba in one.values()]


@pytest.fixture(scope="module")
def one() -> Scorer:
    """A scorer that takes one row at a time, as the pocket profile does."""
    return scorer()


def test_a_score_is_the_softmax_of_two_logits_of_the_whole_prompt(one: Scorer) -> None:
    """Without the shared prefix, the cut head, padding or our own unpacking into layers."""
    seen = evidences(12)
    model = load_causal_lm(FOLDER, "unpack", torch.float32, CPU)
    for evidence, answers in zip(seen, one.score(seen), strict=True):
        for question, view in one.builder.policy.asks(evidence):
            words = one.builder.answers[question.id, view.id]
            found = []
            for prompt in one.builder.build_all(question, view, evidence):
                with torch.inference_mode():
                    logits = model(torch.tensor([prompt.ids])).logits[0, -1]
                found.append(float(torch.softmax(logits[[words.yes, words.no]].double(), 0)[0]))
            assert answers[f"{question.id}/{view.id}"] == pytest.approx(max(found), abs=1e-5)


def test_alone_batched_and_shuffled_are_the_same(one: Scorer) -> None:
    seen = evidences(30)
    alone = [answers for evidence in seen for answers in one.score([evidence])]
    assert one.score(seen) == alone
    order = random.Random(1).sample(range(30), 30)
    shuffled = scorer(batch_tokens=4096).score([seen[n] for n in order])
    for place, n in enumerate(order):
        assert shuffled[place] == pytest.approx(alone[n], abs=5e-5)


def test_packed_and_unpacked_weights_give_the_same(one: Scorer) -> None:
    seen = evidences(8)
    packed = scorer("packed")
    assert any(isinstance(layer, PackedLinear) for layer in packed.model.modules())
    assert flat(packed.score(seen)) == pytest.approx(flat(one.score(seen)), abs=1e-6)


def test_gptqmodel_reads_the_same_weights(one: Scorer) -> None:
    """Its kernel for CPUs computes in half precision, so the distance is larger."""
    pytest.importorskip("gptqmodel", reason="gptqmodel is in the train extra")
    seen = evidences(8)
    theirs = scorer("gptqmodel").score(seen)
    assert flat(theirs) == pytest.approx(flat(one.score(seen)), abs=0.05)


def test_the_head_holds_the_answer_words_alone(one: Scorer) -> None:
    assert one.model.get_output_embeddings().weight.shape[0] == 2


def test_nothing_to_show_has_no_answers(one: Scorer) -> None:
    assert one.score([Evidence(), Evidence("a cat", "")])[0] == {}
    assert list(one.score([Evidence("a cat", "")])[0]) == ["harmful/caption_text"]


def test_one_view_is_the_first_that_can_be_shown(one: Scorer) -> None:
    seen = [Evidence("a cat", "some words"), Evidence("a cat", ""), Evidence()]
    text, picture, nothing = one.score(seen, most_views=1)
    whole = one.score(seen)
    assert text == {"harmful/text": whole[0]["harmful/text"]}
    assert picture == whole[1]
    assert nothing == {}


def test_unquantized_weights_load_as_well(tmp_path: Path) -> None:
    model = load_causal_lm(FOLDER, "unpack", torch.float32, CPU)
    model.save_pretrained(tmp_path)
    assert "quantization_config" not in (tmp_path / "config.json").read_text()
    plain = load_causal_lm(tmp_path, "unpack", torch.float32, CPU)
    ids = torch.tensor([[5, 6, 7]])
    torch.testing.assert_close(plain(ids).logits, model(ids).logits)


def copy_of_the_weights(folder: Path, **changes: object) -> Path:
    """The pocket model in `folder`, with keys of its config changed; None takes a key away."""
    shutil.copytree(FOLDER, folder)
    config = json.loads((folder / "config.json").read_text())
    config = {key: value for key, value in {**config, **changes}.items() if value is not None}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_a_checkpoint_that_leaves_layers_at_random_is_refused(tmp_path: Path) -> None:
    folder = copy_of_the_weights(tmp_path / "lm", num_hidden_layers=9)
    with pytest.raises(UserError, match="tensors do not fit the model, such as model.layers"):
        load_causal_lm(folder, "unpack", torch.float32, CPU)


def test_an_older_quantizers_own_file_is_read(tmp_path: Path) -> None:
    folder = copy_of_the_weights(tmp_path / "lm", quantization_config=None)
    ids = torch.tensor([[5, 6, 7]])
    old = load_causal_lm(folder, "unpack", torch.float32, CPU)
    new = load_causal_lm(FOLDER, "unpack", torch.float32, CPU)
    torch.testing.assert_close(old(ids).logits, new(ids).logits)
    (folder / "quantize_config.json").unlink()
    with pytest.raises(UserError, match="tensors do not fit the model"):
        load_causal_lm(folder, "unpack", torch.float32, CPU)


def test_half_precision_is_for_gpus() -> None:
    assert choose_dtype("auto", CPU) is torch.float32
    assert choose_dtype("bfloat16", CPU) is torch.bfloat16


def test_predictions_do_not_depend_on_order_or_neighbours(pocket: Moderator) -> None:
    paths = sorted(str(path) for path in Path("local_test/test_images").glob("*.png"))
    together = {one.path: one.proba for one in pocket.predict(paths)}
    backwards = {one.path: one.proba for one in pocket.predict(paths[::-1])}
    alone = {path: pocket.predict([path])[0].proba for path in paths[:5]}
    assert together == backwards
    assert alone == {path: together[path] for path in alone}


def test_the_largest_answer_of_a_long_texts_windows_is_the_rows(one: Scorer) -> None:
    wide = copy.copy(one)
    wide.builder = copy.copy(one.builder)
    wide.builder.policy = replace(one.builder.policy, windows=32)
    long, short = Evidence("a cat", " ".join(WORDS * 40)), Evidence("", "HELLO")
    answers, same = wide.score([long, short])
    assert same == one.score([short])[0]
    model = load_causal_lm(FOLDER, "unpack", torch.float32, CPU)
    for question, view in wide.builder.policy.asks(long):
        words = wide.builder.answers[question.id, view.id]
        prompts = wide.builder.build_all(question, view, long)
        assert len(prompts) > 5
        probas = []
        for prompt in prompts:
            with torch.inference_mode():
                logits = model(torch.tensor([prompt.ids])).logits[0, -1]
            pair = logits[[words.yes, words.no]].double()
            probas.append(float(torch.softmax(pair, 0)[0]))
        expected = pytest.approx(max(probas), abs=1e-5)
        assert answers[f"{question.id}/{view.id}"] == expected
        assert max(probas) - min(probas) > 0.01


def test_the_larger_answer_hides_no_failure() -> None:
    assert larger(0.2, 0.3) == larger(0.3, 0.2) == 0.3
    assert math.isnan(larger(0.3, math.nan))
    assert math.isnan(larger(math.nan, 0.3))
