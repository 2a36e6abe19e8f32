"""The ablation: which memes, what is kept of them, and that its numbers are what they say."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.ablation.__main__ import main
from benchmarks.ablation.compare import RESAMPLES, Arm, compare
from benchmarks.ablation.folders import Folders, find_folders
from benchmarks.ablation.memes import HeldOut, choose, drawable, halves, picture, shuffled
from benchmarks.ablation.table import rows, tables
from data_preparation.record import Record
from local_test.bootstrap import resamples
from model_package import Moderator, load
from model_package.errors import UserError
from model_package.evidence import Evidence
from model_package.policy import Question
from model_package.profile import WEIGHTS, Limits

LM = WEIGHTS / "pocket" / "lm"
LABELS = [1, 0, 1, 0, 0, 1]
GOOD, POOR = (0.9, 0.2, 0.8, 0.3, 0.1, 0.7), (0.2, 0.9, 0.6, 0.6, 0.1, 0.8)
QUESTION = Question("harmful", "?")
MEMES = [
    HeldOut("a", "en", 0, "", "my cat sleeps all day long"),
    HeldOut("b", "zh", 1, "", "外国人都给我回自己的国家去"),
    HeldOut("c", "ta", 1, "", "பெண்கள் வண்டி ஓட்டினால் ஓடிவிடுங்கள்"),
    HeldOut("d", "zh", 0, "", "老板说今天不用加班"),
]


@pytest.fixture(scope="module")
def pocket() -> Moderator:
    return load("pocket", device="cpu")


def arm(*draws: tuple[float, ...]) -> Arm:
    return Arm(draws, tuple(tuple(int(p > 0.5) for p in draw) for draw in draws))


def area(labels: Any, probas: Any) -> float:
    """AUROC by its definition: over all pairs, a tie counting half."""
    gaps = np.subtract.outer(probas[labels == 1], probas[labels == 0])
    return float((gaps > 0).mean() + (gaps == 0).mean() / 2)


def test_harmful_and_benign_rows_come_by_turns_and_fit_a_meme() -> None:
    texts = ["short", "long enough " + "x" * 200, *(f"a row number {n}" for n in range(9))]
    records = [Record(str(n), text=text, label=n % 2) for n, text in enumerate(texts)]
    chosen = list(choose("en", records, 6, 0))
    assert [meme.label for meme in chosen] == [1, 0, 1, 0, 1, 0]
    assert all(meme.text.startswith("a row number") for meme in chosen)
    assert chosen == list(choose("en", reversed(records), 6, 0))
    assert chosen != list(choose("en", records, 6, 1))


def test_links_names_and_pictures_of_faces_are_not_drawn() -> None:
    assert drawable("RT @you: so &amp; so 😀 https://t.co/x  வணக்கம்!") == ": so & so வணக்கம்!"


def test_words_are_cut_near_the_middle_and_never_inside() -> None:
    assert halves("one two three four") == ("one two", "three four")
    assert halves("老板说今天不用加班") in {("老板说今", "天不用加班"), ("老板说今天", "不用加班")}
    assert halves("word") == ("word", "")


def test_a_drawn_meme_is_the_same_each_time_and_another_by_another_seed() -> None:
    first, again = (picture(MEMES[0], Limits()) for _ in range(2))
    other = picture(replace(MEMES[0], seed=1), Limits())
    assert first.tobytes() == again.tobytes() != other.tobytes()
    with pytest.raises(UserError, match=r"nowhere\.png: cannot be opened"):
        picture(HeldOut("x", "harmc", 0, "nowhere.png"), Limits())


def test_order_is_by_seed_and_id() -> None:
    names = [[row.id for row in shuffled(MEMES, seed)] for seed in (0, 0, 2)]
    assert names[0] == names[1] != names[2]


def test_english_alone_loses_other_scripts_and_lines_of_them() -> None:
    from benchmarks.ablation.evidence import only_latin

    assert only_latin("Aiyo 今天 rain\nவணக்கம்!\nsudah 3 jam, café") == "Aiyo rain\nsudah 3 jam, café"


def test_evidence_is_kept_by_weights_and_torn_lines_are_read_again(
    tmp_path: Path, pocket: Moderator
) -> None:
    from benchmarks.ablation import evidence

    first = evidence.look(MEMES[:2], pocket, tmp_path, "key")
    assert "SLEEPS" in first[0].text.upper()
    assert "外国人" in first[1].text
    assert "外国人" not in first[1].english
    kept = tmp_path / evidence.FILE
    lines = kept.read_text(encoding="utf-8").splitlines()
    kept.write_text(lines[0] + "\n" + lines[1][:30], encoding="utf-8")
    assert list(evidence.read_kept(kept, "key")) == ["a"]
    assert evidence.read_kept(kept, "other weights") == {}
    assert evidence.look(MEMES[:2], pocket, tmp_path, "key") == first
    keys = {evidence.fingerprint(pocket.profile, LM.parent, seed) for seed in (0, 0, 1)}
    assert len(keys) == 2


def test_values_and_their_difference() -> None:
    found = compare(LABELS, arm(GOOD), arm(POOR))
    assert found["auroc"]["ours"] == 1.0
    assert found["auroc"]["other"] == pytest.approx((1 + 1.5 + 2) / 9)
    assert found["accuracy"]["difference"] == pytest.approx(1 - 3 / 6)
    assert found["auroc"]["spread"] == 0
    same = compare(LABELS, arm(POOR), arm(POOR))["auroc"]
    assert (same["difference"], same["low"], same["high"]) == (0, 0, 0)
    with pytest.raises(ValueError, match="harmful and benign"):
        compare([1, 1], arm((0.1, 0.2)), arm((0.1, 0.2)))


def test_the_interval_is_that_of_the_same_memes_drawn_again() -> None:
    found = compare(LABELS, arm(GOOD), arm(POOR))["auroc"]
    differences = []
    for counts in np.concatenate(list(resamples(6, RESAMPLES, 0))).astype(int):
        labels, good, poor = (np.repeat(column, counts) for column in (LABELS, GOOD, POOR))
        if len(set(labels)) == 2:
            differences.append(area(labels, good) - area(labels, poor))
    low, high = np.percentile(differences, [2.5, 97.5])
    assert (found["low"], found["high"]) == pytest.approx((low, high))


def test_draws_count_with_their_mean_and_tell_their_spread() -> None:
    found = compare(LABELS, arm(GOOD), arm(GOOD, POOR))["accuracy"]
    assert found["other"] == pytest.approx((1 + 3 / 6) / 2)
    assert found["spread"] == pytest.approx(0.25)


def test_replies_are_read_as_yes_or_no_or_neither() -> None:
    from benchmarks.ablation.sampled import parse

    said = [parse(reply, QUESTION) for reply in (" yes.", "NO way", "Yes", "maybe", "")]
    assert said == [1.0, 0.0, 1.0, None, None]


def test_sampled_answers_are_drawn_with_the_exact_probability(pocket: Moderator) -> None:
    import torch

    from benchmarks.ablation.sampled import load_sampler

    scorer: Any = pocket.scorer
    seen = [Evidence("a cat", "these people"), Evidence()]
    sampler = load_sampler(LM, pocket.profile.lm, scorer.builder, 150, torch.device("cpu"))
    drawn = sampler.sample(seen, seed=0)
    [exact, nothing] = scorer.score(seen)
    assert len(drawn) == 150
    assert all(draw[1] == nothing == {} for draw in drawn)
    for key, proba in exact.items():
        assert np.mean([draw[0][key] for draw in drawn]) == pytest.approx(proba, abs=0.12)


def test_the_whole_bench_on_a_few_memes(tmp_path: Path, pocket: Moderator) -> None:
    from benchmarks.ablation.arms import Bench, comparisons
    from benchmarks.ablation.evidence import look

    seen = look(MEMES, pocket, tmp_path, "key")
    bench = Bench(pocket, seen, draws=2, seed=0)
    arms = bench.arms(Folders(LM, untuned=LM))
    predicted = pocket.scorer.score([one.evidence() for one in seen])
    assert arms["shipped"] == arms["untuned"] == bench.arm([predicted])
    assert len(arms["sampled"].probas) == 2
    wanted = comparisons(arms)
    assert [one.other for one in wanted] == ["English only", "sampled", "untuned", "text alone"]
    found = list(rows(MEMES, arms, wanted, 0))
    assert [row["part"] for row in found] == ["all"] * 4 + ["zh"] * 4  # one label alone elsewhere
    assert [row["memes"] for row in found[::4]] == [4, 2]
    lines = list(tables(found))
    assert len(lines) == 2 + 4 + 1 + 2 + 4
    assert lines[4].startswith("| tuned, against untuned | all (4) |")
    assert "+0.000 [+0.000, +0.000]" in lines[4]


def test_models_are_found_and_missing_ones_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "config.json").write_text("{}")
    found = find_folders(LM, tmp_path, None, None)
    assert (found.untuned, found.full) == (None, tmp_path / "train")
    assert "left out: --untuned" in capsys.readouterr().err
    assert main(["--output", str(tmp_path / "out"), "--full", str(tmp_path), "--limit", "9"]) == 2
    assert "ablation: " in capsys.readouterr().err
