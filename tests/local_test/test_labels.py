"""Labels from every kind of file, and which line each is for."""

from pathlib import Path

import pytest

from local_test.labels import read_labels

STDIN = b"/images/a.png\r\n/images/b.png\r\n/images/sub/c.png\r\n"


@pytest.mark.parametrize(
    "content",
    [
        "1\n0\n1\n",
        "1\r\n0\r\n1",
        "label\n1\n0\n1\n",
        "image,label\na.png,1\nb.png,0\nc.png,1\n",
        "\ufeffFileName,Label\r\na.png,1\r\nb.png,0\r\nc.png,1\r\n",
        "img\tlabel\n/images/a.png\t1\n/images/b.png\t0\n/images/sub/c.png\t1\n",
        "label,path\n1,data/a.png\n0,data/b.png\n1,sub/c.png\n",
        "id,label\na,1\nb,0\nc,1\n",
        "image,label\na.jpg,1\nb.jpg,0\nc.jpg,1\n",
        "image,label\na.png,1\na.png,1\nb.png,0\nc.png,1\n",
        '{"image": "a.png", "label": 1}\n\n{"id": "b", "label": 0}\n{"path": "c.png", "label": 1}',
    ],
)
def test_every_kind_of_file_says_the_same(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels").write_text(content, encoding="utf-8", newline="")
    found = read_labels(tmp_path / "labels", STDIN)
    assert [one and one.label for one in found.labels] == [1, 0, 1]
    assert found.paths == ["/images/a.png", "/images/b.png", "/images/sub/c.png"]
    assert found.unused == 0


def read(tmp_path: Path, content: str, stdin: bytes) -> tuple[list[int | None], int]:
    (tmp_path / "labels.csv").write_text(content, encoding="utf-8")
    found = read_labels(tmp_path / "labels.csv", stdin)
    return [None if one is None else one.label for one in found.labels], found.unused


def test_a_path_asked_twice_has_its_label_twice(tmp_path: Path) -> None:
    stdin = b"/i/a.png\n/i/b.png\n/i/a.png\n"
    assert read(tmp_path, "image,label\na.png,1\n", stdin) == ([1, None, 1], 0)


def test_a_file_name_that_two_paths_have_is_no_match(tmp_path: Path) -> None:
    stdin = b"/i/x/a.png\n/i/y/a.png\n"
    assert read(tmp_path, "image,label\na.png,1\n", stdin) == ([None, None], 1)
    assert read(tmp_path, "image,label\nx/a.png,1\ny/a.png,0\n", stdin) == ([1, 0], 0)
    assert read(tmp_path, "image,label\nx/a.png,1\ny/a.png,0\n", b"/i/a.png\n") == ([None], 2)


def test_the_path_itself_goes_before_a_name(tmp_path: Path) -> None:
    content = "image,label\nother/a.png,0\n/i/a.png,1\n"
    assert read(tmp_path, content, b"/i/a.png\n") == ([1], 1)


def test_paths_that_csv_writer_quoted(tmp_path: Path) -> None:
    content = 'image,label\n"a,b.png",1\n"say ""hi"".png",0\n'
    stdin = b'"/i/a,b.png"\r\n"/i/say ""hi"".png"\r\n'
    assert read(tmp_path, content, stdin) == ([1, 0], 0)


def test_rows_without_a_label_and_blank_lines_have_none(tmp_path: Path) -> None:
    stdin = b"a.png\n\nb.png\n"
    assert read(tmp_path, "image,label\na.png,\nb.png,0\n", stdin) == ([None, None, 0], 0)
    assert read(tmp_path, "1\n\n0\n", stdin) == ([1, None, 0], 0)


def test_names_of_any_bytes_and_line_separators_within_json(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_bytes(b"image,label\n\xff.png,1\n")
    found = read_labels(tmp_path / "l.csv", b"/i/\xff.png\r\n")
    assert found.labels[0] is not None
    (tmp_path / "l.jsonl").write_text('{"text": "one\u2028two", "image": "a.png", "label": 1}')
    assert read_labels(tmp_path / "l.jsonl", b"a.png").labels[0] is not None


def test_slices_come_along(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text(
        '{"image": "a.png", "label": 1, "language": "ta", "category": ["x", "y"], "source": null}'
    )
    found = read_labels(tmp_path / "l.jsonl", b"a.png").labels[0]
    assert found is not None
    assert found.names == {"language": ("ta",), "category": ("x", "y"), "source": ()}


def test_a_records_group_comes_along(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("image,label,group\na.png,1,template\nb.png,0,\n")
    found = read_labels(tmp_path / "l.csv", b"a.png\nb.png")
    assert [one.group for one in found.labels if one] == ["template", ""]
    (tmp_path / "l.jsonl").write_text('{"image": "a.png", "label": 1, "group": 3}')
    assert [one.group for one in read_labels(tmp_path / "l.jsonl", b"a.png").labels if one] == [""]
