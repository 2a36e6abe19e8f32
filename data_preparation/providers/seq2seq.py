"""A translation model of the encoder-decoder kind (NLLB, mBART, Marian), run on this machine.

The last message of a request is the text to translate; its task names the languages. Knows
nothing of records.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from data_preparation.providers.request import Reply, Request
from model_package.errors import UserError
from model_package.score import choose_dtype

LONGEST = 256  # tokens of a translation
CODES = {  # how the families of models name a language
    "en": ("eng_Latn", "en_XX", ">>eng<<"),
    "zh": ("zho_Hans", "zh_CN", ">>cmn_Hans<<", ">>zho<<"),
    "ms": ("zsm_Latn", "ms_MY", ">>zsm_Latn<<", ">>msa<<"),
    "ta": ("tam_Taml", "ta_IN", ">>tam<<"),
}


class Seq2Seq:
    """Translations by a model in memory, `batch` at once, by beam search; no chance in it."""

    name = "seq2seq"

    def __init__(self, model: Any, tokenizer: Any, batch: int) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.batch = batch

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, batch by batch, languages apart."""
        ordered = sorted(requests, key=_languages)
        for languages, group in groupby(ordered, key=_languages):
            rows = list(group)
            for start in range(0, len(rows), self.batch):
                yield from self._safely(rows[start : start + self.batch], *languages)

    def _safely(self, requests: list[Request], source: str, target: str) -> Iterator[Reply]:
        try:
            yield from self._translate(requests, source, target)
        except Exception as error:
            if len(requests) == 1:
                yield Reply(requests[0].key, error=f"{type(error).__name__}: {error}")
                return
            for request in requests:
                yield from self._safely([request], source, target)

    @torch.inference_mode()
    def _translate(self, requests: list[Request], source: str, target: str) -> list[Reply]:
        texts = [request.messages[-1]["content"] for request in requests]
        settings = self._steer(source, target)
        if prefix := settings.pop("prefix", ""):
            texts = [f"{prefix} {text}" for text in texts]
        inputs = self.tokenizer(texts, return_tensors="pt", padding=True, truncation=True)
        inputs.pop("token_type_ids", None)
        inputs = inputs.to(self.model.device)
        out = self.model.generate(**inputs, num_beams=4, max_new_tokens=LONGEST, **settings)
        answers = self.tokenizer.batch_decode(out, skip_special_tokens=True)
        return [
            Reply(request.key, text, _finish(row, self.tokenizer), None, int(mask.sum()), len(row))
            for request, text, mask, row in zip(
                requests, answers, inputs["attention_mask"], out, strict=True
            )
        ]

    def _steer(self, source: str, target: str) -> dict[str, Any]:
        """How this model is told the languages; nothing for one that knows only one pair."""
        known = self.tokenizer.get_vocab()
        code = next((code for code in CODES.get(target, ()) if code in known), None)
        if code is None:
            return {}
        if code.startswith(">>"):
            return {"prefix": code}
        given = next((code for code in CODES.get(source, ()) if code in known), None)
        if given:
            self.tokenizer.src_lang = given
        return {"forced_bos_token_id": known[code]}


def load_seq2seq(folder: Path, batch: int) -> Seq2Seq:
    """The model in `folder`, on a GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForSeq2SeqLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=choose_dtype("auto", device)
        )
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: cannot be loaded: {error}") from error
    return Seq2Seq(model.to(device).eval(), tokenizer, batch)


def _languages(request: Request) -> tuple[str, str]:
    return request.task["from"], request.task["language"]


def _finish(row: Any, tokenizer: Any) -> str:
    """Why a row of tokens ended: the model said so, or the limit did."""
    return "stop" if tokenizer.eos_token_id in row[1:].tolist() else "length"
