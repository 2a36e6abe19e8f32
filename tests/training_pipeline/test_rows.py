"""Files of rows: what a line may be, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data_preparation.corpora import read_corpora
from data_preparation.record import Record
from model_package.errors import UserError
from tests.training_pipeline.tiny import make_tokenizer
from training_pipeline import pretrain, teacher
from training_pipeline.cli import Job
from training_pipeline.held import sample
from training_pipeline.quantize import calibration
from training_pipeline.recipe import load_recipe
from training_pipeline.rows import Chat, Completion, read_file, read_rows, with_sources
from training_pipeline.run import Stage, run_stage
from training_pipeline.settings import Mix

MESSAGES = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}]


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    return path


def test_each_kind_of_row_is_told_from_the_others(tmp_path: Path) -> None:
    path = write(
        tmp_path / "rows.jsonl",
        {"id": "1", "text": "x", "label": 1},
        {"id": "2", "messages": MESSAGES, "label": 1},
        {"prompt": "a", "completion": "b"},
    )
    assert list(read_file(path)) == [
        Record("1", text="x", label=1),
        Chat(f"{path}:2", tuple(MESSAGES)),
        Completion(f"{path}:3", "a", "b"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": "1", "text": "x"}, "no label, no messages, no prompt and completion"),
        ({"prompt": "a", "completion": ""}, "must be text, and the latter not empty"),
        ({"prompt": ["a"], "completion": "b"}, "must be text"),
        ({"prompt": "a", "answer": "b"}, "a record is a JSON object with an id"),
        ([1], "a record is a JSON object with an id"),
    ],
)
def test_a_row_that_teaches_nothing_is_named(tmp_path: Path, row: Any, reason: str) -> None:
    path = write(tmp_path / "rows.jsonl", {"prompt": "a", "completion": "b"}, row)
    with pytest.raises(UserError, match=f"rows.jsonl:2: .*{reason}"):
        list(read_file(path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"gone\.jsonl: cannot be read"):
        list(read_file(tmp_path / "gone.jsonl"))


def test_files_join_the_mixture_and_held_groups_are_never_learnt(
    tmp_path: Path, stand_in: Path
) -> None:
    learn = write(
        tmp_path / "learn.jsonl",
        {"id": "a", "text": "x", "label": 1, "group": "g", "source": "mine"},
        {"id": "b", "text": "y", "label": 0, "group": "h", "source": "mine"},
        {"prompt": "a", "completion": "b"},
    )
    held = write(tmp_path / "held.jsonl", {"id": "c", "text": "z", "label": 0, "group": "h"})
    recipe = replace(load_recipe("smoke"), mix=(Mix("cold"),), held=(str(held),))
    rows = read_rows(Job(recipe, tmp_path, stand_in, records=(learn,)))
    assert [row.id for row in rows.labelled.train if row.source != "cold"] == ["a"]
    assert [row.id for row in rows.labelled.validation if row.source != "cold"] == ["c"]
    assert rows.talks == (Completion(f"{learn}:3", "a", "b"),)
    assert with_sources(recipe, rows.labelled.train).corpora() == ("cold", "mine")


def test_rows_for_study_only_are_refused(tmp_path: Path, stand_in: Path) -> None:
    path = write(
        tmp_path / "rows.jsonl", {"id": "a", "text": "x", "label": 1, "source": "toxicn by m"}
    )
    with pytest.raises(UserError, match="rows of toxicn are for study only"):
        read_rows(Job(load_recipe("smoke"), tmp_path, stand_in, records=(path,)))


def test_a_text_that_is_held_is_not_learnt_from_a_row_without_group(
    tmp_path: Path, stand_in: Path
) -> None:
    """Of the same letters, though written otherwise; a row without a text stands alone."""
    held = read_corpora(["cold"], stand_in).validation[0]
    same = {"id": "a", "text": f"@me {(held.text or '').upper()}!", "label": 1}
    path = write(tmp_path / "rows.jsonl", same, {"id": "b", "caption": "a house", "label": 0})
    rows = read_rows(Job(load_recipe("smoke"), tmp_path, stand_in, records=(path,)))
    assert [row.id for row in rows.labelled.train if row.source is None] == ["b"]


def test_a_chat_that_holds_a_judged_text_is_left_out_and_counted(
    tmp_path: Path, stand_in: Path
) -> None:
    held = read_corpora(["cold"], stand_in).validation[0].text or ""
    said = [{"role": "user", "content": f"{held.upper()}!!"}, MESSAGES[1]]
    path = write(
        tmp_path / "rows.jsonl",
        {"id": "1", "messages": said},
        {"prompt": "a", "completion": f"@you {held}"},
        {"prompt": "a", "completion": f"b {held}"},
        {"id": "2", "messages": MESSAGES},
    )
    rows = read_rows(Job(load_recipe("smoke"), tmp_path, stand_in, records=(path,)))
    assert [talk.where for talk in rows.talks] == [f"{path}:3", f"{path}:4"]
    assert rows.held_talks == 2


@pytest.mark.parametrize("verb", [pretrain.pretrain, teacher.teacher])
@pytest.mark.parametrize(
    ("mix", "reason"),
    [
        ("[]", "no corpus of the recipe's mix has rows"),
        ("[{corpus='cold'}]", "the rows of 'cold' are all of one class"),
    ],
)
def test_a_mix_that_nothing_can_be_learnt_from_is_one_line(
    verb: Any, mix: str, reason: str, tmp_path: Path
) -> None:
    (tmp_path / "cold").mkdir()
    for name in ("train", "dev"):
        rows = "".join(f"{n},{name},race,1,bad {name} {n}\n" for n in range(20))
        (tmp_path / "cold" / f"{name}.csv").write_text(",split,topic,label,TEXT\n" + rows)
    job = Job(load_recipe("smoke", [f"mix={mix}"]), tmp_path / "runs", tmp_path)
    if verb is teacher.teacher:
        stage = Stage("pretrain", {}, ())
        run_stage(job.folder("pretrain"), stage, lambda _: {"loss": 0})
        make_tokenizer().save_pretrained(job.folder("pretrain"))
    with pytest.raises(UserError, match=reason):
        verb(job)


def test_a_teacher_beside_a_base_is_refused_with_the_cure(tmp_path: Path) -> None:
    recipe = load_recipe("smoke", ["base=somewhere"])
    with pytest.raises(UserError, match="begins with a base; leave .teacher. out, or `base`"):
        teacher.teacher(Job(recipe, tmp_path, tmp_path))


def test_a_sample_is_not_of_the_first_names_alone() -> None:
    """Groups of made rows are named after their kind, and large."""
    rows = [
        Record(f"{kind}/{n}", label=0, source="s", group=kind)
        for kind in ("ask", "vow")
        for n in range(50)
    ]
    drawn = sample(rows, 40)
    assert len(drawn) == 40
    assert 10 < sum(one.id.startswith("ask") for one in drawn) < 30
    assert sample(reversed(rows), 40) == drawn


def test_small_shares_still_give_all_the_prompts_of_calibration(
    tmp_path: Path, stand_in: Path
) -> None:
    make_tokenizer().save_pretrained(tmp_path)
    recipe = load_recipe("smoke", ["mix=[{corpus='cold',harmful=0.1,benign=0.1}]"])
    prompts = calibration(Job(recipe, tmp_path, stand_in), tmp_path)
    assert len(prompts) == recipe.quantize.calibration == 16
    assert len({tuple(one["input_ids"]) for one in prompts}) == 16
