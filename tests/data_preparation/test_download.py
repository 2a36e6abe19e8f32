"""Corpora are fetched over HTTP, from a server on loopback, and never without their checksum."""

import hashlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from data_preparation.corpora import fetch_corpus, main
from data_preparation.download import Source, fetch
from data_preparation.registry import Corpus, corpora_dir
from model_package.errors import UserError

DATA = "id\ttext\n1\tவணக்கம்\n".encode()
SHA = hashlib.sha256(DATA).hexdigest()
SOURCE = Source("it/data.tsv", SHA, "Task 1/data.tsv")


class Files(BaseHTTPRequestHandler):
    """Raw files at GitHub's addresses; one of them is cut off half-way."""

    asked: list[str]

    def do_GET(self) -> None:
        """Serve a file, or say that there is none."""
        self.asked.append(self.path)
        body = {"/them/it/c0ffee/Task%201/data.tsv": DATA, "/them/it/c0ffee/cut": DATA}.get(
            self.path
        )
        if self.path.endswith(".png"):
            body = _png()
        if body is None:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:5] if self.path.endswith("cut") else body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The paths that were asked of a server, which stands for GitHub's."""
    paths: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Files,), {"asked": paths}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("CORPORA_URL", f"http://127.0.0.1:{server.server_port}")
    yield paths
    server.shutdown()
    server.server_close()


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGBA", (900, 300), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_a_file_is_fetched_once_and_then_only_checked(asked: list[str], tmp_path: Path) -> None:
    assert fetch(SOURCE, "them/it", "c0ffee", tmp_path) == "fetched, checksum right"
    assert (tmp_path / "it" / "data.tsv").read_bytes() == DATA
    assert fetch(SOURCE, "them/it", "c0ffee", tmp_path) == "there, checksum right"
    assert asked == ["/them/it/c0ffee/Task%201/data.tsv"]


def test_a_source_may_have_a_repository_of_its_own(asked: list[str], tmp_path: Path) -> None:
    source = Source("data", SHA, "Task 1/data.tsv", repository="them/it", commit="c0ffee")
    assert fetch(source, "others/that", "beef", tmp_path) == "fetched, checksum right"


def test_other_bytes_are_refused_and_not_kept(asked: list[str], tmp_path: Path) -> None:
    source = Source("data", "0" * 64, "Task 1/data.tsv")
    with pytest.raises(UserError, match=r"Task%201/data\.tsv: wrong checksum"):
        fetch(source, "them/it", "c0ffee", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_file_that_was_changed_here_is_named(asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "data.tsv").write_bytes(b"other")
    with pytest.raises(UserError, match=r"it/data\.tsv: wrong checksum .*; remove it"):
        fetch(SOURCE, "them/it", "c0ffee", tmp_path)


@pytest.mark.parametrize("path", ["none", "cut"])
def test_a_missing_or_broken_reply_is_one_line(asked: list[str], tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match=f"/{path}: cannot be fetched .*; try again"):
        fetch(Source("data", SHA, path), "them/it", "c0ffee", tmp_path)
    assert not list(tmp_path.iterdir())


def test_pictures_are_fetched_as_jpeg(asked: list[str], tmp_path: Path) -> None:
    row = '{"id": "m1", "image": "m1.png", "labels": ["not harmful"], "text": "hi"}\n'
    (tmp_path / "train.jsonl").write_text(row, encoding="utf-8")
    corpus = _corpus(format="harmc", train=("train.jsonl",), images="images", pictures="all/png")
    assert fetch_corpus(corpus, tmp_path) == ["images: 1 pictures fetched, 0 were there"]
    with Image.open(tmp_path / "images" / "m1.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (640, 213))
    assert fetch_corpus(corpus, tmp_path) == ["images: 0 pictures fetched, 1 were there"]
    assert asked == ["/them/it/c0ffee/all/png/m1.png"]


def test_what_cannot_be_had_does_not_stop_the_rest(asked: list[str], tmp_path: Path) -> None:
    private = Source("b.csv", SHA, changed="it was filtered")
    lines = fetch_corpus(_corpus(sources=(private, SOURCE)), tmp_path)
    assert lines == [
        "b.csv: FAILED: b.csv cannot be fetched: it was filtered",
        "it/data.tsv: fetched, checksum right",
    ]


def test_the_command_lists_and_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORPORA_DIR", str(tmp_path))
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "cold\topen\tzh\tmissing\tApache-2.0\tthu-coai/COLDataset@a0c55a94\n" in out
    assert main(["fetch", "toxicn"]) == 2
    assert capsys.readouterr().err.startswith("corpora: corpus 'toxicn' is for study only")
    assert main(["fetch", "--study", "toxicn"]) == 2
    assert "toxicn/train.csv: FAILED: " in capsys.readouterr().out


def test_without_a_folder_the_users_cache_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CORPORA_DIR", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.chdir(tmp_path)
    assert corpora_dir() == Path("/cache/memesieve/corpora")


def _corpus(**values: object) -> Corpus:
    given = {"name": "it", "repository": "them/it", "commit": "c0ffee", "licence": "MIT"}
    given |= {"usage": "open", "format": "cold", "language": "en"}
    return Corpus(**(given | values))  # type: ignore[arg-type]
