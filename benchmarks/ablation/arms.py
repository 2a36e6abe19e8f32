"""Every variant of the system, as its answers to the same memes, by the runtime's own parts."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ablation.compare import Arm
from benchmarks.ablation.evidence import Seen
from benchmarks.ablation.folders import Folders
from benchmarks.ablation.sampled import load_sampler
from model_package.pipeline import Moderator
from model_package.score import load_scorer
from model_package.verdict import decide

Answers = dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """What is compared, and the names of the two arms."""

    what: str
    ours: str
    other: str


def comparisons(arms: dict[str, Arm]) -> list[Comparison]:
    """The seed's five, less those whose arms are missing.

    Tuned and untuned are compared at full precision where there is such a tuned model.
    """
    tuned = "full precision" if "full precision" in arms else "shipped"
    wanted = (
        Comparison("OCR in four languages, against English only", "shipped", "English only"),
        Comparison("exact logits, against sampled answers", "shipped", "sampled"),
        Comparison("tuned, against untuned", tuned, "untuned"),
        Comparison("caption and text, against text alone", "shipped", "text alone"),
        Comparison("4-bit, against full precision", "shipped", "full precision"),
    )
    return [one for one in wanted if one.ours in arms and one.other in arms]


class Bench:
    """Answers of variants to one set of memes. draws: of sampled answers."""

    def __init__(self, moderator: Moderator, seen: Sequence[Seen], draws: int, seed: int) -> None:
        self.moderator = moderator
        self.scorer: Any = moderator.scorer  # a Scorer, of which prompts and device are needed too
        self.whole = [one.evidence() for one in seen]
        self.english = [one.evidence(english=True) for one in seen]
        self.draws, self.seed = draws, seed
        self.unparsed = 0.0

    def arms(self, folders: Folders) -> dict[str, Arm]:
        """Every variant that can be had, by its name."""
        answers = self.scorer.score(self.whole)
        arms = {"shipped": self.arm([answers])}
        if any("caption" in view.fields for view in self.moderator.policy.views):
            arms["text alone"] = self.arm([[self.text_alone(one) for one in answers]])
        arms["English only"] = self.arm([self.scorer.score(self.english)])
        for name, folder in (("untuned", folders.untuned), ("full precision", folders.full)):
            if folder is not None:
                print(f"scoring by {folder}", file=sys.stderr)
                arms[name] = self.arm([self.score(folder)])
        arms["sampled"] = self.arm(self.sample(folders.shipped))
        return arms

    def arm(self, draws: Sequence[Sequence[Answers]]) -> Arm:
        """Probabilities and verdicts as the runtime decides them, of each draw."""
        profile, policy = self.moderator.profile, self.moderator.policy
        decided = [[decide(profile, policy, one) for one in draw] for draw in draws]
        return Arm(
            tuple(tuple(proba for proba, _ in draw) for draw in decided),
            tuple(tuple(label for _, label in draw) for draw in decided),
        )

    def text_alone(self, answers: Answers) -> Answers:
        """The answers under the views that show no caption."""
        views = self.moderator.policy.views
        kept = {view.id for view in views if "caption" not in view.fields}
        return {key: p for key, p in answers.items() if key.split("/")[1] in kept}

    def score(self, folder: Path) -> list[Answers]:
        """Exact answers by the model in `folder`."""
        settings, device = self.moderator.profile.lm, self.scorer.model.device
        return load_scorer(folder, settings, self.moderator.policy, device).score(self.whole)

    def sample(self, folder: Path) -> list[list[Answers]]:
        """Sampled answers by the model in `folder`, of each draw; notes the share without one."""
        settings, device = self.moderator.profile.lm, self.scorer.model.device
        sampler = load_sampler(folder, settings, self.scorer.builder, self.draws, device)
        drawn = sampler.sample(self.whole, self.seed)
        self.unparsed = sampler.unparsed / max(1, sampler.asked)
        return drawn
