"""What the project reads that is no package: fonts, OCR models, weights, corpora."""

import ast
import importlib.util
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data_preparation.drawing.fonts import FONTS, find
from data_preparation.registry import REGISTRY, Registry, corpora_dir
from local_test.checks.finding import MISSING, OK, Finding
from local_test.checks.packages import ROOT
from model_package.errors import UserError
from model_package.profile import FOLDER, Profile, load_profile
from model_package.toml_file import read_toml
from model_package.weights import check_present, verify, weights_folder

DEBIAN = {"eng": "English", "chi_sim": "Chinese", "msa": "Malay", "tam": "Tamil"}
OCR = ROOT / "model_package"


def fonts() -> Iterator[Finding]:
    """The fonts that memes are drawn with."""
    for script, font in FONTS.items():
        try:
            yield Finding(f"font: {script}", OK, str(find(font)))
        except UserError:
            without = "scoring works; memes in this script cannot be drawn"
            cure = f"sudo apt-get install {font.package}"
            yield Finding(f"font: {script}", MISSING, f"no {font.file}", without, cure)


def tesseract() -> Iterator[Finding]:
    """The languages that Tesseract has, where the runtime looks for them."""
    source = OCR / "ocr_tesseract.py"
    prefix = os.environ.get("TESSDATA_PREFIX")
    folders = [*([prefix] if prefix else []), *literal(source, "FOLDERS")]
    for language in literal(source, "LANGUAGES"):
        files = [Path(folder) / f"{language}.traineddata" for folder in folders]
        there = next((str(file) for file in files if file.is_file()), None)
        yield _language(language, there)


def _language(language: str, file: str | None) -> Finding:
    name = f"tesseract: {language}"
    if file:
        return Finding(name, OK, file)
    rapid = "Tamil is not read" if language == "tam" else "RapidOCR reads it"
    package = f"tesseract-ocr-{language.replace('_', '-')}"
    said = f"no {language}.traineddata ({DEBIAN.get(language, language)})"
    return Finding(
        name, MISSING, said, f"scoring works; {rapid}", f"sudo apt-get install {package}"
    )


def rapidocr() -> Iterator[Finding]:
    """The models that lie in RapidOCR's wheel."""
    spec = importlib.util.find_spec("rapidocr")
    wanted = literal(OCR / "ocr_rapid.py", "MODELS").values()
    folder = Path(spec.origin).parent / "models" if spec and spec.origin else None
    lost = [name for name in wanted if not folder or not (folder / name).is_file()]
    if not lost:
        yield Finding("rapidocr's models", OK, str(folder))
        return
    without = "Tesseract alone reads, and much worse"
    cure = (
        "make run"
        if folder is None
        else f"{sys.executable} -m pip install --force-reinstall --no-deps rapidocr"
    )
    yield Finding("rapidocr's models", MISSING, f"not there: {', '.join(lost)}", without, cure)


def literal(source: Path, name: str) -> Any:
    """The constant `name` of a module that cannot be imported without libraries."""
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise LookupError(f"{source} has no {name}")


def weights() -> Iterator[Finding]:
    """The weights of each profile, and their hashes; MEMESIEVE_WEIGHTS as the runtime has it."""
    chosen = os.environ.get("MEMESIEVE_PROFILE") or "pocket"
    for name in sorted(path.stem for path in FOLDER.glob("*.toml")):
        given = os.environ.get("MEMESIEVE_WEIGHTS") if name == chosen else None
        profile = load_profile(name)
        yield _weights(profile, weights_folder(profile, given))


def _weights(profile: Profile, folder: Path) -> Finding:
    name = f"weights: {profile.name}"
    try:
        check_present(folder, profile)
        verify(folder)
    except UserError as error:
        said, _, cure = str(error).partition("; ")
        return Finding(
            name,
            MISSING,
            said,
            f"{profile.name} cannot score; others can",
            cure.removeprefix("get them: "),
        )
    return Finding(name, OK, f"{folder}, as its lock says")


def corpora() -> Iterator[Finding]:
    """Which corpora of the registry are there, each with every file that is read of it."""
    root = corpora_dir().resolve()
    for corpus in read_toml(REGISTRY, Registry).corpora:
        lost = [name for name in corpus.files() if not (root / name).is_file()]
        if not lost:
            yield Finding(f"corpus: {corpus.name}", OK, str(root))
            continue
        without = "scoring works; weights that learn from it cannot be made"
        cure = (
            f"set CORPORA_DIR, or: .venv/bin/python -m data_preparation.corpora fetch {corpus.name}"
        )
        said = f"{root} has no {lost[0]}"
        yield Finding(f"corpus: {corpus.name}", MISSING, said, without, cure)


def of_recipe(name: str) -> list[str]:
    """The corpora that a recipe of the training pipeline, a later package, learns from."""
    path = ROOT / "training_pipeline" / "recipes" / f"{name}.toml"
    return [mix["corpus"] for mix in tomllib.loads(path.read_text(encoding="utf-8"))["mix"]]
