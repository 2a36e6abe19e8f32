"""Every corpus's own file format, on stand-ins of a few lines."""

from pathlib import Path

from data_preparation.formats import FORMATS, Row


def rows(path: Path, name: str, text: str) -> list[Row]:
    path.write_text(text, encoding="utf-8")
    return list(FORMATS[name](path))


def test_harmc(tmp_path: Path) -> None:
    text = (
        '{"id": "m_1", "image": "m_1.png", "labels": ["not harmful"], "text": "A\\nB\\n"}\n'
        '{"id": "m_2", "image": "m_2.png", "labels": ["very harmful", "society"], "text": "C"}\n'
    )
    assert rows(tmp_path / "train.jsonl", "harmc", text) == [
        Row("m_1", "A\nB", 0, "not harmful", "m_1.jpg"),
        Row("m_2", "C", 1, "very harmful/society", "m_2.jpg"),
    ]


def test_cold(tmp_path: Path) -> None:
    text = "\ufeff,split,topic,label,TEXT\n7,train,race,1,坏\n8,train,region,0,好\n"
    assert rows(tmp_path / "dev.csv", "cold", text) == [
        Row("dev-0", "坏", 1, "race"),
        Row("dev-1", "好", 0, "region"),
    ]


def test_safenlp(tmp_path: Path) -> None:
    text = (
        '[{"id": 3, "text": " a_x000D_b", "label": "hate", "target_groups": ["x", "y"]},'
        ' {"id": 4, "text": "c", "label": "neutral", "target_groups": []}]'
    )
    assert rows(tmp_path / "toxiGen.json", "safenlp", text) == [
        Row("toxiGen-3", "a\nb", 1, "x/y"),
        Row("toxiGen-4", "c", 0, ""),
    ]


def test_davidson_counts_only_hate_as_harmful(tmp_path: Path) -> None:
    text = ",count,class,tweet\n0,3,0,h\n1,3,1,o\n2,3,2,n\n"
    assert rows(tmp_path / "a.csv", "davidson", text) == [
        Row("0", "h", 1, "hate"),
        Row("1", "o", 0, "offensive"),
        Row("2", "n", 0, "neither"),
    ]


def test_swsr(tmp_path: Path) -> None:
    text = "index,comment_text,label,category\n5,甲,1,MA\n6,乙,0,\n"
    expected = [Row("5", "甲", 1, "MA"), Row("6", "乙", 0)]
    assert rows(tmp_path / "a.csv", "swsr", text) == expected


def test_hasoc_keeps_quotes_and_drops_other_languages(tmp_path: Path) -> None:
    text = 'id\ttext\tcategory\nt1\t"படம்\tOFF\nt2\tவா\tNOT\nt3\tx\tnot-Tamil\n'
    expected = [Row("t1", '"படம்', 1, "OFF"), Row("t2", "வா", 0, "NOT")]
    assert rows(tmp_path / "a.tsv", "hasoc", text) == expected


def test_dreamspace(tmp_path: Path) -> None:
    text = 'text,label\n"அ, ஆ",Hate-Speech\nஇ,Non-Hate-Speech\n'
    expected = [Row("0", "அ, ஆ", 1), Row("1", "இ", 0)]
    assert rows(tmp_path / "a.csv", "dreamspace", text) == expected


def test_toxicn(tmp_path: Path) -> None:
    text = "topic,content,toxic\nrace,甲,1\nlgbt,乙,0\n"
    expected = [Row("train-0", "甲", 1, "race"), Row("train-1", "乙", 0, "lgbt")]
    assert rows(tmp_path / "train.csv", "toxicn", text) == expected


def test_toxicn_rationales(tmp_path: Path) -> None:
    text = (
        '[{"instruction": "?", "input": "甲", "output": "贬低。 不良内容：是"},'
        ' {"instruction": "?", "input": "乙", "output": "平和，不良内容：否。 不良内容：否"}]'
    )
    assert rows(tmp_path / "a.json", "toxicn_rationales", text) == [
        Row("0", "甲", 1, rationale="贬低。"),
        Row("1", "乙", 0, rationale="平和，不良内容：否。"),
    ]


def test_toxicn_mm(tmp_path: Path) -> None:
    text = '[{"new_path": "7.jpg", "text": "甲 ", "label": 1, "type": 2, "meme_discription": "猫"}]'
    expected = [Row("7", "甲", 1, "type 2", caption="猫")]
    assert rows(tmp_path / "a.json", "toxicn_mm", text) == expected


def test_fine_grained(tmp_path: Path) -> None:
    text = (
        '{"id": 7, "text": "a", "gold_hate": ["hateful"], "gold_pc": ["race", "sex"]}\n'
        '{"id": 8, "text": "b", "gold_hate": ["not_hateful"], "gold_pc": ["pc_empty"]}\n'
    )
    expected = [Row("7", "a", 1, "race/sex"), Row("8", "b", 0, "pc_empty")]
    assert rows(tmp_path / "a.json", "fine_grained", text) == expected


def test_indonesian_counts_only_hate_as_harmful_and_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Tweet,HS,Abusive\ncafé ,1,1\nb,0,1\nc,0,0\n".encode("latin-1"))
    assert list(FORMATS["indonesian"](path)) == [
        Row("0", "café", 1, "HS/Abusive"),
        Row("1", "b", 0, "Abusive"),
        Row("2", "c", 0, "neither"),
    ]


def test_alpaca_rows_are_chats_without_labels(tmp_path: Path) -> None:
    text = '[{"instruction": "Add", "input": "1 2", "output": "3"}]'
    (row,) = rows(tmp_path / "a.json", "alpaca", text)
    assert (row.text, row.label) == ("Add\n1 2", None)
    assert row.messages == (
        {"role": "user", "content": "Add\n1 2"},
        {"role": "assistant", "content": "3"},
    )
