"""Puts a moderator together from a profile, a policy and weights; the heavy imports are here."""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from model_package.errors import UserError
from model_package.hardware import cpu_count
from model_package.pipeline import Moderator
from model_package.policy import Policy, load_policy
from model_package.profile import Profile, load_profile
from model_package.tensors import measure
from model_package.weights import check_present, verify, weights_folder

if TYPE_CHECKING:
    import torch

    from model_package.caption import Captioner
    from model_package.ocr_lanes import Lanes
    from model_package.score import Scorer

SMALL = 50_000_000  # parameters
ENGINES = {  # modules that each engine of OCR imports when it is made
    "rapidocr": ("cv2", "onnxruntime", "rapidocr.ch_ppocr_det.utils", "rapidocr.utils.process_img"),
    "tesseract": ("tesserocr",),
}


def load(
    profile: str = "pocket",
    *,
    policy: str | None = None,
    weights: str | None = None,
    device: str = "auto",
    image_root: str | None = None,
) -> Moderator:
    """A moderator, ready to predict.

    profile, policy: a name, or a .toml file; the policy is the profile's own by default.
    weights: a folder of weights; the profile's own by default. device: auto, cpu or cuda.
    image_root: where given, paths that resolve outside it get the fallback.

    Raises `UserError` when a profile, a policy, weights or a device cannot be had.
    """
    settings = load_profile(profile).for_policy(policy)
    rules = load_policy(policy or settings.policy)
    folder = weights_folder(settings, weights)
    check_present(folder, settings)
    verify(folder)
    _quieten()
    chosen = choose_device(device)
    lanes = _lanes(chosen, [folder / model for model in settings.models()])
    _import_engines(settings)
    with ThreadPoolExecutor(1, "reader") as beside:  # its networks need nothing of Python
        reader = beside.submit(_reader, settings, lanes)
        scorer, captioner = _models(settings, rules, folder, chosen)
    return Moderator(
        profile=settings,
        policy=rules,
        reader=reader.result(),
        scorer=scorer,
        captioner=captioner,
        image_root=Path(image_root) if image_root else None,
        lanes=lanes,
        scorers=lanes if chosen.type == "cpu" else 1,
    )


def _import_engines(settings: Profile) -> None:
    """Before threads part: two that import at once may meet in a half-made module."""
    for name in chain.from_iterable(ENGINES.get(one, ()) for one in settings.ocr.engines):
        with suppress(ImportError):  # the reader will say so
            import_module(name)


def _reader(settings: Profile, lanes: int) -> "Lanes":
    from model_package.ocr import make_reader  # noqa: PLC0415
    from model_package.ocr_lanes import Lanes  # noqa: PLC0415

    return Lanes(lambda: make_reader(settings.ocr, cpu_count() // lanes), lanes)


def _models(
    settings: Profile, rules: Policy, folder: Path, device: "torch.device"
) -> "tuple[Scorer, Captioner | None]":
    from model_package.caption import load_captioner  # noqa: PLC0415
    from model_package.score import load_scorer  # noqa: PLC0415

    part = settings.captioner
    scorer = load_scorer(folder / settings.lm.folder, settings.lm, rules, device)
    return scorer, load_captioner(folder / part.folder, part, device) if part else None


def _lanes(device: "torch.device", models: Sequence[Path]) -> int:
    """Pictures to look at side by side, a core each; 1 where the models want the cores together.

    A small model does not: on two cores pocket's took 12 and 9 ms a meme with one thread, and 15
    and 13 with two.
    """
    import torch  # noqa: PLC0415

    if device.type == "cpu":
        if sum(measure(model).parameters for model in models) > SMALL:
            return 1
        torch.set_num_threads(1)
    return cpu_count()


def choose_device(name: str) -> "torch.device":
    """The device called `name`; `auto` is a GPU where there is one."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(cpu_count())
    if name not in ("auto", "cpu", "cuda"):
        raise UserError(f"device {name!r} is unknown; use auto, cpu or cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise UserError("device 'cuda' was asked for, but torch finds no GPU; use --device cpu")
    return torch.device("cpu" if name == "cpu" or not torch.cuda.is_available() else "cuda")


def _quieten() -> None:
    """Keep the libraries offline, off the streams, and idle while they wait."""
    # Threads that spin at barriers make small models 10 to 50 times slower on a busy machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for noisy in ("torch.utils._pytree", "torchao"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    import transformers  # noqa: PLC0415

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
