"""The project's own data sets: the same bytes every time, and what their cards say is true."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from data_preparation.build import build, main, write
from data_preparation.grammar import by_group
from data_preparation.record import Record, read_records
from data_preparation.sample import NOISY, Recipe, alike, load_recipe
from model_package.errors import UserError

DATASETS = Path(__file__).parents[2] / "datasets"
SEED_SIZES = {"v1": 1216, "v2": 2734, "v3": 6318}
SMALL = Recipe("small", "a few", ("en", "ta"), 32, 32, (), 16, threshold=1.0)


def committed(name: str) -> list[Record]:
    files = [DATASETS / name / f"{part}.jsonl" for part in ("train", "validation")]
    return [row for path in files for row in read_records(path)]


def rebuilt(name: str, folder: Path) -> dict[str, bytes]:
    assert main([name, "--output", str(folder)]) == 0
    return {path.name: path.read_bytes() for path in (folder / name).iterdir()}


def test_a_recipe_is_filled_in_every_language() -> None:
    built = build(SMALL, None)
    rows = [*built.split.train, *built.split.validation]
    assert len(rows) + len(built.sieved.dropped) == 2 * (32 + 32 + 16)
    counts = Counter((row.language, row.label, "hard" in str(row.category)) for row in rows)
    assert counts["en", 1, False] == counts["ta", 1, False] == 32
    assert counts["en", 0, True] == counts["ta", 0, True] == 16
    per_category = Counter(row.category for row in rows if row.label == 1)
    assert max(per_category.values()) - min(per_category.values()) <= 2
    memes = {language: set[str]() for language in ("en", "ta")}
    for row in rows:
        memes[str(row.language)].add(row.id.split("/", 2)[2])
    assert memes["en"] == memes["ta"]


def test_held_families_are_on_one_side() -> None:
    first = str(build(SMALL, None).split.train[0].group)
    split = build(replace(SMALL, held=(first.removeprefix("grammar/"),)), None).split
    assert {row.group for row in split.validation} == {first}
    assert not {row.group for row in split.train} & {row.group for row in split.validation}
    with pytest.raises(UserError, match="families to hold back: grammar/nothing"):
        build(replace(SMALL, held=("nothing",)), None)


def test_a_recipe_that_asks_for_too_much_says_so() -> None:
    with pytest.raises(UserError, match=r"the grammar has \d+ items .* asks for 99999"):
        build(replace(SMALL, harmful=99999), None)


def test_noise_reaches_its_share_of_rows_and_never_empties_one() -> None:
    def shout(text: str, language: str, seed: int) -> str:
        assert language in {"en", "ta"}
        assert 0 <= seed < 2**31
        return "" if seed % 4 == 0 else f"~{text}"

    rows = build(replace(SMALL, noise=0.5), shout).split
    noisy = [row for row in (*rows.train, *rows.validation) if row.source == "grammar, OCR noise"]
    assert 40 < len(noisy) < 80
    assert all(str(row.text).startswith("~") for row in noisy)
    plain = build(SMALL, None).split
    assert [row.id for row in rows.train] == [row.id for row in plain.train]


def test_noise_that_leaves_too_little_of_a_text_is_not_told() -> None:
    def strangers(text: str, language: str, seed: int) -> str:
        return text[: len(text) // 3] + "#" * len(text)

    rows = build(replace(SMALL, noise=1.0), strangers).split
    assert {row.source for row in (*rows.train, *rows.validation)} == {"grammar"}
    assert (rows.train, rows.validation) == (build(SMALL, None).split.train, ())


def test_noisy_rows_still_say_what_they_said_and_the_card_counts_them() -> None:
    rows = committed("v3")
    noisy = [row for row in rows if row.source == NOISY]
    for row in noisy:
        said = by_group(str(row.language))[row.id.split("/", 2)[2]].text
        assert alike(said, str(row.text)) >= 0.6, row.text
    card = (DATASETS / "v3" / "README.md").read_text(encoding="utf-8")
    assert f"{100 * len(noisy) / len(rows):.0f} % of the rows came back changed" in card


def test_what_is_written_says_what_is_in_it(tmp_path: Path) -> None:
    built = build(SMALL, None)
    write(built, SMALL, tmp_path, noisy=False)
    manifest = json.loads((tmp_path / "run.json").read_bytes())
    assert manifest["metrics"]["train"] == len(list(read_records(tmp_path / "train.jsonl")))
    assert "grammar/groups.toml" in manifest["inputs"]
    assert not {"seconds", "versions"} & set(manifest)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "Content warning" in card
    assert "| ta | 80 | 32 | 48 | 0.40 |" in card
    assert "| hard negative | 32 | 0 | 32 | 0.00 |" in card
    assert str(tmp_path) not in card + json.dumps(manifest)


def test_an_unknown_recipe_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["v9", "--output", "nowhere"]) == 2
    said = capsys.readouterr().err
    assert (
        said == "build: no recipe is called 'v9'; choose one of v1, v2, v3, or give a .toml file\n"
    )


@pytest.mark.parametrize(
    "name", ["v1", *(pytest.param(n, marks=pytest.mark.long) for n in ("v2", "v3"))]
)
def test_a_rebuild_gives_the_committed_bytes(name: str, tmp_path: Path) -> None:
    found = {path.name: path.read_bytes() for path in (DATASETS / name).iterdir()}
    made = rebuilt(name, tmp_path)
    assert (
        sorted(made)
        == sorted(found)
        == ["README.md", "run.json", "train.jsonl", "validation.jsonl"]
    )
    changed = [file for file in found if made[file] != found[file]]
    assert not changed, f"datasets/{name} is not what its recipe gives; run make data"


@pytest.mark.parametrize("name", sorted(SEED_SIZES))
def test_committed_rows_are_enough_and_balanced(name: str) -> None:
    rows = committed(name)
    assert len(rows) >= SEED_SIZES[name]
    assert len({row.id for row in rows}) == len(rows)
    assert 0.45 <= sum(row.label == 1 for row in rows) / len(rows) <= 0.55
    languages = Counter(str(row.language) for row in rows)
    assert set(languages) == set(load_recipe(name).languages)
    assert max(languages.values()) < 1.05 * min(languages.values())
    assert (name == "v3") == any("hard_negative" in str(row.category) for row in rows)


def test_all_data_sets_hold_back_the_same_ideas() -> None:
    sides = {name: load_recipe(name).held for name in SEED_SIZES}
    for name in SEED_SIZES:
        train = {row.group for row in read_records(DATASETS / name / "train.jsonl")}
        assert not train & {f"grammar/{family}" for held in sides.values() for family in held}


def test_the_folder_is_small_and_holds_no_code() -> None:
    files = [path for path in DATASETS.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 16_000_000
    assert {path.suffix for path in files} == {".jsonl", ".json", ".md"}


def test_the_hugging_face_library_is_not_shadowed_from_the_root() -> None:
    code = "import importlib.util; print(importlib.util.find_spec('datasets').origin)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=DATASETS.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "site-packages" in done.stdout
