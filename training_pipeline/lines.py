"""Linear models of tokens: of harm, one a source, and of how much a text looks like that source.

Knows neither how they are fitted nor what reads them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Line:
    """A linear model of the mean of a prompt's tokens. weights: (tokens,); bias: a number."""

    weights: Tensor
    bias: float = 0.0


@dataclass(frozen=True)
class Lines:
    """In log-odds, one a source each. own: of harm, in that source's texts. looks: whether a text
    is of that source. prior: what a look is raised by, where texts are mixed of sources."""

    own: Sequence[Line]
    looks: Sequence[Line]
    prior: Sequence[float]

    def all(self) -> list[Line]:
        """In the order of their dimensions; the looks raised by their prior."""
        pairs = zip(self.looks, self.prior, strict=True)
        return [*self.own, *(Line(one.weights, one.bias + prior) for one, prior in pairs)]
