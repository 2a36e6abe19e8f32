"""The least that a first answer needs: a plain script that imports libraries and reads weights.

Run as `python -m benchmarks.startup.bare FOLDER...`. No model is built; one line says what was
read, and the process ends with its input, so that its end is not measured. Packages that only
training needs are out of sight, as they are in the command that is measured.
"""

import sys
from pathlib import Path

from model_package.lean import PLAIN, hide


def main(folders: list[str]) -> None:
    """Import, and read every safetensors file under `folders` and the OCR networks."""
    hide(PLAIN[0])
    import rapidocr  # noqa: PLC0415
    import tesserocr  # noqa: F401, PLC0415
    import torch  # noqa: F401, PLC0415
    from rapidocr import RapidOCR  # noqa: F401, PLC0415
    from safetensors.torch import load_file  # noqa: PLC0415
    from transformers import (  # noqa: F401, PLC0415
        AutoModelForCausalLM,
        AutoTokenizer,
        BlipForConditionalGeneration,
        MistralForCausalLM,
    )
    from transformers.models.auto.image_processing_auto import (  # noqa: PLC0415
        AutoImageProcessor,  # noqa: F401
    )

    from model_package.ocr_rapid import MODELS  # noqa: PLC0415

    files = sorted(file for folder in folders for file in Path(folder).glob("**/*.safetensors"))
    held = [load_file(file) for file in files]
    networks = [Path(rapidocr.__file__).parent / "models" / name for name in MODELS.values()]
    size = sum(len(network.read_bytes()) for network in networks)
    print(f"{sum(map(len, held))} tensors, {size} bytes of networks", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1:])
