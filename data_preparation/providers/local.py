"""A causal language model, or one of LLaVA's kind that sees pictures, run on this machine.

Each row is drawn by its own seed, so that its neighbours in a batch do not change it. Knows
nothing of what the requests are for.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor, AutoTokenizer

from data_preparation.providers.picture import has_picture, split_content
from data_preparation.providers.request import Reply, Request
from data_preparation.providers.sampler import RowSampler, settings_of
from model_package.errors import UserError
from model_package.gptq import load_causal_lm
from model_package.score import choose_dtype

MAX_TOKENS = 256  # of a reply, where a request sets no limit


class Local:
    """Chat completions by a model in memory, `batch` at once. sees: it takes pictures."""

    name = "transformers"

    def __init__(self, model: Any, processor: Any, batch: int = 8, sees: bool = False) -> None:
        self.model = model
        self.processor = processor
        self.tokenizer = getattr(processor, "tokenizer", processor)
        self.batch = batch
        self.sees = sees
        self.tokenizer.padding_side = "left"
        if self.tokenizer.pad_token is None:
            self.tokenizer.pad_token = self.tokenizer.eos_token

    def complete(self, requests: Sequence[Request]) -> Iterator[Reply]:
        """One reply a request, batch by batch; requests of one limit go together."""
        for group in _by_limit(requests):
            for start in range(0, len(group), self.batch):
                yield from self._safely(group[start : start + self.batch])

    def _safely(self, requests: list[Request]) -> Iterator[Reply]:
        """A batch that fails is tried row by row, so that one bad row costs only itself."""
        try:
            yield from self._generate(requests)
        except Exception as error:
            if len(requests) == 1:
                yield Reply(requests[0].key, error=f"{type(error).__name__}: {error}")
                return
            for request in requests:
                yield from self._safely([request])

    @torch.inference_mode()
    def _generate(self, requests: list[Request]) -> list[Reply]:
        inputs = self._inputs(requests)
        width = inputs["input_ids"].shape[1]
        sampler = RowSampler([settings_of(request) for request in requests])
        out = self.model.generate(
            **inputs,
            max_new_tokens=_limit(requests[0]),
            do_sample=False,
            logits_processor=[sampler],
            pad_token_id=self.tokenizer.pad_token_id,
        )
        rows = out[:, width:].tolist()  # (batch, new tokens)
        given = inputs["attention_mask"].sum(1).tolist()
        return [
            self._reply(request, row, count, sampler.top(number, self.tokenizer))
            for number, (request, row, count) in enumerate(zip(requests, rows, given, strict=True))
        ]

    def _inputs(self, requests: list[Request]) -> Any:
        prompts = [self._prompt(request) for request in requests]
        pictures = [one for request in requests for one in _pictures(request)]
        settings: dict[str, Any] = {"text": prompts, "return_tensors": "pt", "padding": True}
        if pictures and not self.sees:
            raise ValueError("this model sees no pictures; name one of LLaVA's kind")
        if pictures:
            settings["images"] = pictures
        else:
            settings["add_special_tokens"] = False
        caller = self.processor if pictures else self.tokenizer
        return caller(**settings).to(self.model.device)

    def _prompt(self, request: Request) -> str:
        """The chat as the model's template writes it; a system message it lacks goes first."""
        messages = [_plain(message, self.sees) for message in request.messages]
        try:
            return self._template(messages)
        except Exception:
            if messages[0]["role"] != "system" or len(messages) == 1:
                raise
        return self._template(_folded(messages))

    def _template(self, messages: list[dict[str, Any]]) -> str:
        return str(
            self.processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        )

    def _reply(self, request: Request, row: list[int], given: int, top: Any) -> Reply:
        ends = self.model.generation_config.eos_token_id
        stops = {self.tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}
        end = next((place for place, one in enumerate(row) if one in stops), None)
        text = self.tokenizer.decode(row[:end], skip_special_tokens=True)
        count = len(row) if end is None else end + 1
        finish = "length" if end is None else "stop"
        return Reply(request.key, text, finish, None, given, count, top)


def load_local(folder: Path, batch: int = 8) -> Local:
    """The model in `folder`, on a GPU where there is one."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = choose_dtype("auto", device)
    try:
        sees = hasattr(AutoConfig.from_pretrained(folder, local_files_only=True), "vision_config")
        reader = AutoProcessor if sees else AutoTokenizer
        processor = reader.from_pretrained(folder, local_files_only=True)
        load = _load_seeing if sees else load_causal_lm
        model = load(folder, "unpack", dtype, device)
    except (OSError, ValueError) as error:
        raise UserError(f"{folder}: cannot be loaded: {error}") from error
    if not getattr(processor, "chat_template", None):
        raise UserError(f"{folder} has no chat template; only models tuned for chat can be asked")
    return Local(model, processor, batch, sees)


def _load_seeing(folder: Path, _: str, dtype: torch.dtype, device: torch.device) -> Any:
    loader = AutoModelForImageTextToText
    model = loader.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=dtype)
    return model.to(device).eval()


def fingerprint(folder: Path) -> str:
    """Twelve letters that change when the model in `folder` does; reads no weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        if path.suffix in (".json", ".jinja"):
            digest.update(path.read_bytes())
        elif path.suffix in (".safetensors", ".bin"):
            status = path.stat()
            digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def _limit(request: Request) -> int:
    settings = request.settings
    return int(settings.get("max_tokens", settings.get("max_completion_tokens", MAX_TOKENS)))


def _by_limit(requests: Iterable[Request]) -> list[list[Request]]:
    groups: dict[tuple[int, bool], list[Request]] = {}
    for request in requests:
        shows = any(has_picture(message["content"]) for message in request.messages)
        kind = (_limit(request), shows)
        groups.setdefault(kind, []).append(request)
    return list(groups.values())


def _pictures(request: Request) -> list[Any]:
    return [one for message in request.messages for one in split_content(message["content"])[1]]


def _plain(message: Any, sees: bool) -> dict[str, Any]:
    """A message as chat templates want it: plain text, or parts for a model that sees."""
    text, pictures = split_content(message["content"])
    if not sees:
        return {"role": message["role"], "content": text}
    parts = [{"type": "image"} for _ in pictures]
    return {"role": message["role"], "content": [*parts, {"type": "text", "text": text}]}


def _folded(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The system message put at the head of the first one after it."""
    first, second = messages[0]["content"], messages[1]["content"]
    joined = f"{first}\n\n{second}" if isinstance(second, str) else [*first, *second]
    return [{**messages[1], "content": joined}, *messages[2:]]
