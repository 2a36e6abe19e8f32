"""A small BLIP from scratch: its word pieces, its picture processor, its weights, batches, loss."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training_pipeline.looks import Floats
from training_pipeline.pictures import Squares
from training_pipeline.shapes import Captioner

SMOOTHING = 0.1  # of the words' labels
Example = tuple[Squares, list[int], Floats]  # a view (side, side, 3); caption's ids; its looks
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def make_wordpiece(captions: Iterable[str], size: int) -> Any:
    """A lower-case WordPiece tokenizer of at most `size` pieces, learnt from `captions`."""
    from tokenizers import BertWordPieceTokenizer  # noqa: PLC0415
    from transformers import BertTokenizer  # noqa: PLC0415

    learner = BertWordPieceTokenizer(lowercase=True)
    learner.train_from_iterator(
        captions, vocab_size=size, special_tokens=list(SPECIAL), show_progress=False
    )
    return BertTokenizer(vocab=learner.get_vocab(), do_lower_case=True)


def make_processor(settings: Captioner) -> Any:
    """Pictures become squares of `settings.image` pixels, with CLIP's mean and deviation."""
    from transformers.models.blip.image_processing_pil_blip import (  # noqa: PLC0415
        BlipImageProcessorPil,
    )

    return BlipImageProcessorPil(size={"height": settings.image, "width": settings.image})


def make_blip(settings: Captioner, tokenizer: Any) -> Any:
    """A captioning model; a caption begins with [CLS] and ends with [SEP]."""
    from transformers import BlipConfig, BlipForConditionalGeneration  # noqa: PLC0415

    shape = {
        "hidden_size": settings.hidden,
        "intermediate_size": 4 * settings.hidden,
        "num_attention_heads": settings.heads,
        "projection_dim": settings.hidden,
    }
    vision = {
        **shape,
        "num_hidden_layers": settings.vision_layers,
        "image_size": settings.image,
        "patch_size": settings.patch,
        "initializer_range": 0.02,  # the default, 1e-10, never leaves the start
    }
    text = {
        **shape,
        "encoder_hidden_size": settings.hidden,
        "vocab_size": len(tokenizer),
        "num_hidden_layers": settings.text_layers,
        "max_position_embeddings": 2 * settings.max_tokens,
        "bos_token_id": tokenizer.cls_token_id,
        "eos_token_id": tokenizer.sep_token_id,
        "sep_token_id": tokenizer.sep_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    config = BlipConfig(
        vision_config=vision,
        text_config=text,
        projection_dim=settings.hidden,
        image_text_hidden_size=settings.hidden,
    )
    return BlipForConditionalGeneration(config)


class Collate:
    """Examples become a batch: pixel_values (batch, 3, side, side), input_ids (batch, seq)."""

    def __init__(self, tokenizer: Any, processor: Any) -> None:
        self.pad = tokenizer.pad_token_id
        self.mean, self.deviation = (
            torch.tensor(values)[:, None, None]
            for values in (processor.image_mean, processor.image_std)
        )

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        width = max(len(ids) for _, ids, _ in examples)
        ids = torch.tensor([[*ids, *[self.pad] * (width - len(ids))] for _, ids, _ in examples])
        pixels = torch.from_numpy(np.stack([view for view, _, _ in examples]))
        levels = pixels.permute(0, 3, 1, 2).float() / 255
        words = ids.masked_fill(ids == self.pad, -100)
        seen = torch.from_numpy(np.stack([target for _, _, target in examples]))
        return {
            "pixel_values": (levels - self.mean) / self.deviation,
            "input_ids": ids,
            "attention_mask": (ids != self.pad).long(),
            "labels": {"words": words, "looks": seen},
        }


class TwoTasks:
    """The loss of writing a caption, and of telling how the picture looks (looks.py).

    A caption a picture is too little to learn to see from; how it looks is a label that costs
    nothing. The second task's head is thrown away when the training is over.
    """

    def __init__(self, head: nn.Linear, weight: float) -> None:
        self.head = head
        self.weight = weight

    def __call__(self, outputs: Any, labels: dict[str, Tensor], **_: Any) -> Tensor:
        """labels: words (batch, seq), -100 where there is none; looks (batch, columns)."""
        words, logits = labels["words"][:, 1:], outputs.logits[:, :-1]
        written = nn.functional.cross_entropy(
            logits.flatten(0, 1).float(), words.flatten(), label_smoothing=SMOOTHING
        )
        seen = self.head(outputs.last_hidden_state[:, 1:].mean(dim=1))  # (batch, columns)
        return written + self.weight * nn.functional.mse_loss(seen.float(), labels["looks"])
