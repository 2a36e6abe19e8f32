"""The registry: what it reads, what it refuses, and that the real one holds together."""

import json
from pathlib import Path

import pytest

from data_preparation.corpora import main, read_corpora, read_corpus
from data_preparation.formats import FORMATS
from data_preparation.record import Record, read_records
from data_preparation.registry import (
    REGISTRY,
    Registry,
    corpora_dir,
    find_corpus,
    refuse_study,
)
from model_package.errors import UserError
from model_package.toml_file import read_toml

ENTRY = """[[corpora]]
name = "{name}"
repository = "them/it"
commit = "1234abcd"
licence = "MIT"
usage = "{usage}"
format = "cold"
language = "zh"
train = ["{name}.csv"]
validation = ["dev.csv"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    entries = [ENTRY.format(name="one", usage="open"), ENTRY.format(name="two", usage="study")]
    (tmp_path / "corpora.toml").write_text("\n".join(entries), encoding="utf-8")
    head = ",topic,label,TEXT\n"
    (tmp_path / "one.csv").write_text(f"{head}1,race,1,坏人\n2,race,0,好人\n", encoding="utf-8")
    (tmp_path / "dev.csv").write_text(f"{head}1,race,0,好 人!\n", encoding="utf-8")
    return tmp_path


def test_rows_become_records(root: Path) -> None:
    split = read_corpus(find_corpus("one", root / "corpora.toml"), root)
    (row,) = split.train
    assert (row.id, row.text, row.language, row.label) == ("one/one-0", "坏人", "zh", 1)
    assert (row.category, row.source, row.licence) == ("race", "one", "MIT")
    assert (row.caption, row.image) == (None, None)


def test_a_text_of_validation_is_not_trained_on(root: Path) -> None:
    split = read_corpora(["one"], root, root / "corpora.toml")
    assert [row.text for row in split.train] == ["坏人"]
    assert [row.text for row in split.validation] == ["好 人!"]


def test_a_study_corpus_is_refused(root: Path) -> None:
    with pytest.raises(UserError, match="'two' is for study only"):
        find_corpus("two", root / "corpora.toml")


def test_an_unknown_corpus_is_refused_with_the_known_ones(root: Path) -> None:
    with pytest.raises(UserError, match="no corpus is called 'three'; known: one, two"):
        find_corpus("three", root / "corpora.toml")


def test_a_missing_file_names_the_cure(root: Path) -> None:
    (root / "one.csv").unlink()
    with pytest.raises(UserError, match=r"one\.csv does not exist; set CORPORA_DIR"):
        read_corpora(["one"], root, root / "corpora.toml")


def test_a_study_corpus_is_read_where_an_experiment_asks_for_it(root: Path) -> None:
    (root / "two.csv").write_text(",topic,label,TEXT\n1,race,1,坏人\n", encoding="utf-8")
    split = read_corpora(["two"], root, root / "corpora.toml", study=True)
    assert [row.text for row in split.train] == ["坏人"]


def test_rows_of_a_study_corpus_are_not_shared(root: Path) -> None:
    rows = [Record("a", source="one"), Record("b", source="two"), Record("c")]
    with pytest.raises(UserError, match="^rows of two are for study only"):
        refuse_study(rows, root / "corpora.toml")
    refuse_study([rows[0], rows[2]], root / "corpora.toml")


def test_what_a_model_made_of_a_study_corpus_is_not_shared_either(root: Path) -> None:
    with pytest.raises(UserError, match="^rows of two are for study only"):
        refuse_study([Record("a", source="two by openai/m")], root / "corpora.toml")
    refuse_study(
        [Record("b", source="one by two"), Record("c", source="two bytes")], root / "corpora.toml"
    )


def test_a_corpus_is_written_for_other_stages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORPORA_DIR", str(tmp_path))
    rows = [f"{n},race,1,坏{n}\n" for n in range(3)]
    (tmp_path / "cold").mkdir()
    for name, lines in (("train", rows[:2]), ("dev", rows[2:]), ("test", [])):
        text = ",topic,label,TEXT\n" + "".join(lines)
        (tmp_path / "cold" / f"{name}.csv").write_text(text, encoding="utf-8")
    for side, count in (("both", 3), ("train", 2), ("validation", 1)):
        out = tmp_path / "out" / f"{side}.jsonl"
        assert main(["read", "cold", "--split", side, "--output", str(out)]) == 0
        assert capsys.readouterr().out == f"{out}\t{count} records\n"
        assert [row.source for row in read_records(out)] == ["cold"] * count
        manifest = json.loads((tmp_path / "out" / f"{side}.run.json").read_bytes())
        assert (manifest["settings"]["split"], manifest["metrics"]) == (side, {"records": count})


def test_a_study_corpus_is_not_written_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.jsonl"
    assert main(["read", "toxicn", "--output", str(out)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("corpora: corpus 'toxicn' is for study only")
    assert not list(tmp_path.iterdir())


def test_every_registered_corpus_has_a_parser_and_its_files_a_source() -> None:
    corpora = read_toml(REGISTRY, Registry).corpora
    assert {corpus.usage for corpus in corpora} == {"open", "study"}
    assert {corpus.format for corpus in corpora} == set(FORMATS)
    assert len({corpus.name for corpus in corpora}) == len(corpora)
    for corpus in corpora:
        assert {source.file for source in corpus.sources} == set(corpus.files())
        assert corpus.licence
        assert len(corpus.commit) == 40 or not any(source.path for source in corpus.sources)
        assert all(len(source.sha256) == 64 for source in corpus.sources)
        assert all(bool(source.path) != bool(source.changed) for source in corpus.sources)


@pytest.mark.shared
def test_the_real_corpora_are_read_whole() -> None:
    root = corpora_dir()
    if not (root / "cold" / "train.csv").is_file():
        pytest.skip(f"no corpora in {root}; set CORPORA_DIR to the folder that holds them")
    corpora = read_toml(REGISTRY, Registry).corpora
    split = read_corpora([corpus.name for corpus in corpora if corpus.usage == "open"], root)
    held = {row.group for row in split.validation}
    assert not held & {row.group for row in split.train}
    assert len({row.id for row in (*split.train, *split.validation)}) == 101108
    assert sum(row.source == "harmc" for row in split.validation) == 177
    assert sum(row.source == "cold" for row in split.validation) == 6431


@pytest.mark.long
@pytest.mark.shared
def test_the_corpora_for_study_are_read_whole() -> None:
    root = corpora_dir()
    if not (root / "toxicn" / "train.csv").is_file():
        pytest.skip(f"no corpora in {root}; set CORPORA_DIR to the folder that holds them")
    counts = {}
    for corpus in read_toml(REGISTRY, Registry).corpora:
        if corpus.usage == "study":
            split = read_corpus(corpus, root)
            counts[corpus.name] = len(split.train) + len(split.validation)
    assert counts == {
        "toxicn": 9608,
        "toxicn_rationales": 1922,
        "toxicn_mm": 9464,
        "fine_grained_hateful_memes": 8500,
        "indonesian_hate": 13169,
        "alpaca": 52002,
    }
