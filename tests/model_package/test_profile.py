"""Profiles are data; a setting that cannot work is refused by name."""

from pathlib import Path

import pytest

from model_package.errors import UserError
from model_package.profile import load_profile


@pytest.mark.parametrize("name", ["pocket", "ospc"])
def test_the_profiles_that_come_with_it_load(name: str) -> None:
    assert load_profile(name).name == name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("batch_rows = 0\n[lm]", "batch_rows cannot be 0"),
        ("[lm]\nmax_text_tokens = 0", "max_text_tokens cannot be 0"),
        ("[lm]\n[limits]\nrow_seconds = nan", "row_seconds cannot be nan"),
        ("[lm]\n[captioner]\nbatch = -1", "batch cannot be -1"),
        ("[lm]\n[limits]\nsavings = ['ocr']", "savings: 'ocr' is unknown; known: caption, view"),
        ("[lm]\ndtpye = 'float32'", "unknown key 'dtpye'"),
    ],
)
def test_a_mistake_in_a_profile_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f"name = 'mine'\nsummary = ''\n{text}\n")
    with pytest.raises(UserError, match=complaint):
        load_profile(str(file))
