"""Where OCR noise comes from: data_preparation.ocr_noise, once it is there."""

import importlib
import importlib.util
from collections.abc import Callable

Noise = Callable[[str, str, int], str]  # text, language and seed; the text as OCR would read it
MODULE = "data_preparation.ocr_noise"


def find_noise() -> Noise | None:
    """`ocr_noise.apply`, or None where that module is not there."""
    if importlib.util.find_spec(MODULE) is None:
        return None
    apply: Noise = importlib.import_module(MODULE).apply
    return apply
