"""Neurons that mix lines as a softmax would."""

import torch

from training_pipeline.mixture import Practice, imitate, mixture


def values(texts: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    own = 2 * torch.randn((texts, 2), generator=generator)
    return own, 3 * torch.randn((texts, 2), generator=generator) - 1


PRIOR = torch.tensor([0.0, 1.0])


def test_a_mixture_weighs_lines_by_looks_and_prior() -> None:
    own, looks = torch.tensor([[4.0, -4.0]] * 3), torch.tensor([[9.0, -9.0], [-9.0, 9.0], [1.0, 0]])
    assert torch.allclose(mixture(own, looks, PRIOR), torch.tensor([4.0, -4.0, 0.0]), atol=1e-4)


def test_neurons_do_nearly_what_the_mixture_does_on_texts_they_never_saw() -> None:
    own, looks = values()
    neurons = imitate(own[:300], looks[:300], PRIOR, Practice(64, 2000, 1))
    wanted = mixture(own[300:], looks[300:], PRIOR)
    error = (neurons(own[300:], looks[300:]) - wanted).abs()
    assert float(error.mean()) < 0.1 * float(wanted.abs().mean())
    assert float((own[300:].mean(1) - wanted).abs().mean()) > 5 * float(error.mean())


def test_the_same_seed_gives_the_same_neurons() -> None:
    own, looks = values(50)
    first, again, other = (imitate(own, looks, PRIOR, Practice(4, 50, seed)) for seed in (1, 1, 2))
    assert torch.equal(first.gate, again.gate)
    assert torch.equal(first.down, again.down)
    assert not torch.equal(first.gate, other.gate)
