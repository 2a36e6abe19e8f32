"""Records survive their files, and files with mistakes are refused by line."""

from pathlib import Path

import pytest

from data_preparation.record import Record, from_json, read_records, to_json, write_records
from model_package.errors import UserError

FULL = Record(
    id="a/1",
    caption="a cat",
    text="哈哈 வணக்கம்",
    language="zh",
    label=0,
    messages=({"role": "user", "content": "hi"},),
)


def test_absent_fields_are_left_out() -> None:
    assert to_json(Record("a/1", label=0)) == '{"id": "a/1", "label": 0}'


def test_records_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "records.jsonl"
    write_records(path, [FULL, Record("a/2")])
    assert list(read_records(path)) == [FULL, Record("a/2")]
    assert [one.name for one in path.parent.iterdir()] == ["records.jsonl"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ('{"text": "no id"}', "a record is a JSON object with an id"),
        ('{"id": "1", "lable": 1}', "unknown field 'lable'"),
        ('{"id": "1", "label": 2}', "neither 0 nor 1"),
        ('{"id": "1", "label": true}', "label cannot be True"),
        ('{"id": "1", "text": 3}', "text cannot be 3"),
        ('{"id": "1", "text": null}', "text cannot be None"),
        ('{"id": "1", "text": "\\ud83d"}', "text holds half a surrogate pair"),
        ('{"id": "1", "messages": [{"role": "a", "content": "\\udc00"}]}', "messages holds half"),
        ("[" * 100_000, "not JSON: maximum recursion depth"),
        ('{"id": "1", "messages": ["hi"]}', "messages must be objects with a role"),
        ('{"id": "1", "messages": [{"role": "user", "content": 1}]}', "messages must be"),
    ],
)
def test_mistakes_are_named(line: str, reason: str) -> None:
    with pytest.raises(UserError, match=f"^file:7: .*{reason}"):
        from_json(line, "file:7")


def test_a_bad_line_is_named_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text('{"id": "1"}\n\n[]\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"records\.jsonl:3"):
        list(read_records(path))
