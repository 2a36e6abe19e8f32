"""A small BLIP from scratch: its word pieces, its picture processor, its random weights."""

from collections.abc import Iterable
from typing import Any

from training_pipeline.recipe import Captioner

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
        "label_smoothing": 0.1,
    }
    config = BlipConfig(
        vision_config=vision,
        text_config=text,
        projection_dim=settings.hidden,
        image_text_hidden_size=settings.hidden,
    )
    return BlipForConditionalGeneration(config)
