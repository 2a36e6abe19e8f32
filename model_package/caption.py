"""Pictures become captions, by BLIP; knows nothing of policies or scores.

Shapes are constant: pictures are encoded and captions decoded in batches of the same size, filled
up where there are fewer. So a caption cannot depend on its neighbours through the order in which a
matrix product happens to add.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor
from transformers import BlipForConditionalGeneration
from transformers.models.auto.image_processing_auto import AutoImageProcessor
from transformers.models.auto.tokenization_auto import AutoTokenizer

from model_package.caption_steps import most_likely
from model_package.gptq import check_tensors
from model_package.profile import Captioner as Settings
from model_package.swift import hasten

ENCODED = 4  # pictures at once on a CPU; 8 are hardly faster, and a single one is filled up to it


class Captioner:
    """A BLIP captioner: greedy, at most `settings.max_new_tokens` tokens a caption."""

    def __init__(self, model: Any, processor: Any, tokenizer: Any, settings: Settings) -> None:
        self.model = model
        self.processor = processor
        self.tokenizer = tokenizer
        self.settings = settings

    @torch.inference_mode()
    def caption(self, images: Sequence[Image.Image]) -> list[str]:
        """One caption an image (RGB), in order."""
        captions: list[str] = []
        for start in range(0, len(images), self.settings.batch):
            captions += self._decode(self._encode(images[start : start + self.settings.batch]))
        return captions

    def _encode(self, images: Sequence[Image.Image]) -> Tensor:
        """Image features.  # (images, patches + 1, hidden)"""
        size = len(images) if self.model.device.type == "cuda" else ENCODED
        parts = [images[start : start + size] for start in range(0, len(images), size)]
        return torch.cat([self._features(part, size) for part in parts])

    def _features(self, images: Sequence[Image.Image], size: int) -> Tensor:
        pixels = self.processor(images=list(images), return_tensors="pt")["pixel_values"]
        filled = _fill(pixels, size).to(self.model.device, self.model.dtype)
        features: Tensor = self.model.vision_model(pixel_values=filled)[0]
        return features[: len(images)]

    def _decode(self, features: Tensor) -> list[str]:
        filled = _fill(features, self.settings.batch)
        ids = most_likely(self.model.text_decoder, filled, self.settings.max_new_tokens)
        texts = self.tokenizer.batch_decode(ids[: len(features)], skip_special_tokens=True)
        return [text.strip().replace(" ' ", "'") for text in texts]  # word pieces part "it ' s"


def _fill(rows: Tensor, size: int) -> Tensor:
    """`rows`, the last one again and again until there are `size`."""
    return rows[torch.arange(size).clamp(max=len(rows) - 1)]


def load_captioner(folder: Path, settings: Settings, device: torch.device) -> Captioner:
    """The captioner in `folder`: half precision on a GPU, single on a CPU."""
    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    model, loaded = BlipForConditionalGeneration.from_pretrained(
        folder,
        dtype=torch.float16 if device.type == "cuda" else torch.float32,
        use_safetensors=True,
        output_loading_info=True,
        **options,
    )
    check_tensors(folder, loaded)
    processor = AutoImageProcessor.from_pretrained(folder, backend="pil", **options)
    tokenizer = AutoTokenizer.from_pretrained(folder, **options)
    captioner = Captioner(model.to(device).eval(), processor, tokenizer, settings)
    hasten(captioner.model)
    return captioner
