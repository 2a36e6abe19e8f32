"""Everything that is measured on one device, in order: candidates, ceiling, race, memory."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from benchmarks.bench import machine
from benchmarks.bench.memes import Sample, draw, rounds
from benchmarks.bench_gpu import candidates, models, race, report
from benchmarks.bench_gpu.known import Known
from benchmarks.bench_gpu.shapes import Shape
from model_package.caption import load_captioner
from model_package.evidence import Evidence
from model_package.hardware import cpu_count
from model_package.kernel import choose, survey
from model_package.pipeline import Moderator
from model_package.policy import load_policy
from model_package.profile import Profile, load_profile
from model_package.score import choose_dtype, load_scorer
from model_package.tensors import measure

WARM = 8  # memes before the clock runs
CAPTION = "a picture of a man who looks at a phone"  # as long as BLIP's are


def everything(flags: argparse.Namespace, shape: Shape, name: str) -> dict[str, Any]:
    """Everything that the page shows, by name."""
    device = torch.device(name)
    profile = load_profile("ospc")
    samples = draw(flags.output / "memes", flags.memes + WARM, 0)
    dealt = list(rounds(samples[WARM:], flags.rounds))
    models.write(flags.output, shape, device)
    dtype = choose_dtype(profile.lm.dtype, device)
    kernel = flags.kernel
    if kernel == "auto":
        kernel = choose(survey(device), measure(flags.output / "lm"), dtype.itemsize)
    policy = load_policy(profile.policy)
    evidences = [Evidence(CAPTION, one.text) for one in samples[: profile.batch_rows]]
    tried = candidates.measure(flags.output / "lm", profile.lm, policy, evidences, device)
    rate = machine.ceiling(dtype, device)
    profile = replace(profile, lm=replace(profile.lm, kernel=kernel))
    moderator = _moderator(profile, samples, flags.output, device)
    loop = _loop(profile, flags.output, device, dtype)
    laps = race.Race(loop, moderator, shape, flags.few).run(samples[:WARM], dealt)
    return {
        "machine": machine.describe(device),
        "dtype": str(dtype).removeprefix("torch."),
        "kernel": kernel,
        "memes": sum(map(len, dealt)),
        "rounds": flags.rounds,
        "rate": rate,
        "candidates": tried,
        "laps": [vars(lap) for lap in laps],
        "figures": report.figures(laps, rate),
    }


def _moderator(
    profile: Profile, samples: list[Sample], folder: Path, device: torch.device
) -> Moderator:
    """The project's own stages, less OCR."""
    policy, part = load_policy(profile.policy), profile.captioner
    assert part is not None
    return Moderator(
        profile=profile,
        policy=policy,
        reader=Known(samples, profile.limits),
        scorer=load_scorer(folder / "lm", profile.lm, policy, device),
        captioner=load_captioner(folder / "captioner", part, device),
        lanes=cpu_count(),
    )


def _loop(profile: Profile, folder: Path, device: torch.device, dtype: torch.dtype) -> Any:
    from benchmarks.bench.seed import SeedLoop  # noqa: PLC0415 - makes OCR engines, too

    name = str(dtype).removeprefix("torch.")
    return SeedLoop(profile, load_policy(profile.policy), folder, device, name)
