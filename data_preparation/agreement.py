"""How far teachers, or runs of one teacher, agree: share of equal answers, and Cohen's kappa.

    python -m data_preparation.agreement runs/vr-a runs/vr-b

Kappa is (a - e) / (1 - e), with a the share of equal answers and e what two raters of these
habits reach by chance (Cohen, 1960).
"""

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data_preparation.answers import Answer
from model_package.errors import UserError

Votes = Mapping[str, bool]  # picture -> yes


@dataclass(frozen=True)
class Agreement:
    """How two raters answered one question. kappa: None where both always say the same one word."""

    question: str
    first: str
    second: str
    pictures: int
    equal: float
    kappa: float | None
    yes: tuple[float, float]


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two raters; None where chance alone gives full agreement."""
    count = len(pairs)
    equal = sum(one == other for one, other in pairs) / count
    first = sum(one for one, _ in pairs) / count
    second = sum(other for _, other in pairs) / count
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (equal - chance) / (1 - chance)


def compare(question: str, raters: Mapping[str, Votes]) -> list[Agreement]:
    """Every two raters, on the pictures that both answered for."""
    found = []
    for (first, ones), (second, others) in itertools.combinations(sorted(raters.items()), 2):
        pairs = [(ones[name], others[name]) for name in sorted(ones.keys() & others.keys())]
        if pairs:
            count = len(pairs)
            equal = sum(one == other for one, other in pairs) / count
            yes = (sum(one for one, _ in pairs) / count, sum(other for _, other in pairs) / count)
            found.append(Agreement(question, first, second, count, equal, kappa(pairs), yes))
    return found


def agreement(answers: Iterable[tuple[str, Answer]]) -> list[Agreement]:
    """Agreement by question of raters, each named beside its answers."""
    questions: dict[str, dict[str, dict[str, bool]]] = {}
    for rater, answer in answers:
        raters = questions.setdefault(answer.question, {})
        raters.setdefault(rater, {})[answer.picture] = answer.yes
    return [row for question, raters in questions.items() for row in compare(question, raters)]


def read_answers(folder: Path) -> list[Answer]:
    """The answers that `label` left in `folder`."""
    path = folder / "answers.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Answer(**json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be read as answers of `label`: {error}") from error


def main(argv: Sequence[str] | None = None) -> int:
    """The command; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m data_preparation.agreement")
    parser.add_argument("folders", nargs="+", type=Path, help="written by `label`")
    flags = parser.parse_args(argv)
    try:
        answers = [
            (f"{folder.name}:{answer.run}", answer)
            for folder in flags.folders
            for answer in read_answers(folder)
        ]
    except UserError as error:
        print(f"agreement: {error}", file=sys.stderr)
        return 2
    for row in agreement(answers):
        print(json.dumps(asdict(row)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
