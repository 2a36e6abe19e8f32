"""The card says what the manifests say, and nothing that they do not."""

from typing import Any

import pytest

from training_pipeline.card import model_card
from training_pipeline.recipe import load_recipe


def score(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def slice_of(rows: int, auroc: float | None) -> dict[str, Any]:
    names = ("average_precision", "accuracy", "f1", "ece", "false_positive_rate")
    others = {name: score(0.1 * (place + 1)) for place, name in enumerate(names)}
    return {"rows": rows, "harmful": 1, "auroc": None if auroc is None else score(auroc), **others}


@pytest.fixture
def manifests() -> dict[str, Any]:
    models = {
        name: {"cold": slice_of(100, auroc), "harmc": slice_of(20, None)}
        for name, auroc in (
            ("full", 0.91),
            ("quantized", 0.9),
            ("tfidf", 0.85),
            ("tfidf_one", 0.84),
        )
    }
    language = {name: {"zh": slice_of(120, 0.88)} for name in models}
    metrics = {
        "pretrain": {"parameters": 1234567},
        "train": {},
        "train_captioner": {"parameters": 7654321, "pictures": 60},
        "evaluate": {**models, "language": language},
    }
    return {verb: {"metrics": one, "seconds": 12.3} for verb, one in metrics.items()}


def test_measures_with_intervals_by_source_and_language(manifests: dict[str, Any]) -> None:
    card = model_card(load_recipe("smoke"), manifests)
    assert (
        "| cold | 100 | 0.910 (0.900 to 0.920) | 0.900 (0.890 to 0.910) "
        "| 0.850 (0.840 to 0.860) | 0.840 (0.830 to 0.850) |\n| harmc | 20 | – | – | – | – |"
    ) in card
    assert (
        "| cold | 0.100 (0.090 to 0.110) | 0.200 (0.190 to 0.210) | 0.300 (0.290 to 0.310) "
        "| 0.400 (0.390 to 0.410) | 0.500 (0.490 to 0.510) |"
    ) in card
    assert "| zh | 120 | 0.880 (0.870 to 0.890) |" in card
    assert "{" not in card


def test_data_by_class_and_licence(manifests: dict[str, Any]) -> None:
    recipe = load_recipe("smoke", ['records=["datasets/v3/train.jsonl"]'])
    card = model_card(recipe, manifests)
    assert "| cold | thu-coai/COLDataset a0c55a94 | Apache-2.0 | open |" in card
    assert "| v3/train | `datasets/v3/train.jsonl` | Apache-2.0 | open |" in card
    assert "Harm-C's pictures have no licence" in card
    assert "In Davidson" not in card
    assert "few languages:\n  en, ms, ta, zh." in card


def test_models_and_stages(manifests: dict[str, Any]) -> None:
    card = model_card(load_recipe("smoke"), manifests)
    assert "1,234,567 parameters" in card
    assert "a BLIP of 7,654,321 parameters, from scratch on 60 pictures." in card
    assert "| train | 2 | – | 2 | 0.001 | all weights; 0.5 of each change is kept |" in card
    assert "| warm_start | – | – | – | – | linear models of tokens" in card
    assert "; its word weighs 0.5, a label the rest |" in card
    assert "pretrain 12, train 12, train_captioner 12, evaluate 12." in card


def test_the_captioner_stands_beside_a_constant_caption_once_it_was_scored(
    manifests: dict[str, Any],
) -> None:
    assert "BLEU-4" not in model_card(load_recipe("smoke"), manifests)
    measures = {"bleu4": score(5.5), "rouge_l": score(0.3), "cider": score(0.25)}
    manifests["train_captioner"]["metrics"]["scores"] = {
        "captioner": {"captions": 177, "distinct": 42, **measures},
        "constant": {**measures, "cider": score(0.125), "texts": {"cider": "a man"}},
        "difference": {**measures, "cider": score(0.125)},
    }
    card = model_card(load_recipe("smoke"), manifests)
    assert "on 177 pictures that it never saw, for which it wrote 42 different" in card
    assert "| BLEU-4 | 5.500 (5.490 to 5.510) |" in card
    assert (
        "| CIDEr | 0.250 (0.240 to 0.260) | 0.125 (0.115 to 0.135) | 0.125 (0.115 to 0.135) |"
    ) in card


def test_a_tuned_base_has_a_card_too(manifests: dict[str, Any]) -> None:
    del manifests["pretrain"], manifests["train_captioner"]
    card = model_card(load_recipe("ospc"), manifests)
    assert "the model in `runs/bases/openchat`, tuned" in card
    assert "qlora, r 32, alpha 32" in card
    assert "`captioner/`" not in card


def test_what_it_must_not_be_used_for(manifests: dict[str, Any]) -> None:
    card = model_card(load_recipe("smoke"), manifests)
    assert "## Must not be used\n\nTo punish, profile or silence" in card
    assert "Nothing of class *study* was used" in card


def test_the_card_is_the_same_from_manifests_read_back(manifests: dict[str, Any]) -> None:
    before = model_card(load_recipe("smoke"), manifests)
    for models in manifests["evaluate"]["metrics"].values():
        turned = dict(reversed(models.items()))
        models.clear()
        models.update(turned)
    assert model_card(load_recipe("smoke"), manifests) == before
