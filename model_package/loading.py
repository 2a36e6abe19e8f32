"""Puts a moderator together from a profile, a policy and weights; the heavy imports are here."""

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_package.errors import UserError
from model_package.hardware import cpu_count
from model_package.pipeline import Moderator
from model_package.policy import load_policy
from model_package.profile import load_profile
from model_package.weights import check_present, verify, weights_folder

if TYPE_CHECKING:
    import torch

SMALL = 50_000_000  # parameters


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
    from model_package.caption import load_captioner  # noqa: PLC0415
    from model_package.ocr import make_reader  # noqa: PLC0415
    from model_package.ocr_lanes import Lanes  # noqa: PLC0415
    from model_package.score import load_scorer  # noqa: PLC0415

    chosen = choose_device(device)
    part = settings.captioner
    scorer = load_scorer(folder / settings.lm.folder, settings.lm, rules, chosen)
    captioner = load_captioner(folder / part.folder, part, chosen) if part else None
    lanes = _lanes(chosen, scorer.model, captioner and captioner.model)
    return Moderator(
        profile=settings,
        policy=rules,
        reader=Lanes(lambda: make_reader(settings.ocr, cpu_count() // lanes), lanes),
        scorer=scorer,
        captioner=captioner,
        image_root=Path(image_root) if image_root else None,
        lanes=lanes,
    )


def _lanes(device: "torch.device", *models: Any) -> int:
    """Pictures to look at side by side, a core each; 1 where the models want the cores together.

    A small model does not: on two cores pocket's took 12 and 9 ms a meme with one thread, and 15
    and 13 with two.
    """
    import torch  # noqa: PLC0415

    if device.type == "cpu":
        weights = [one for model in models if model is not None for one in model.parameters()]
        if sum(one.numel() for one in weights) > SMALL:
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
