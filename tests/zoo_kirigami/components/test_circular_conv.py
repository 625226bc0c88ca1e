"""The encoder of the VAE: shapes, ranges, its loss, and that it learns."""

import pytest
import torch

from zoo import Noise, Structure, ZooError
from zoo_kirigami.components.circular_conv import CircularConv

STRUCTURE = Structure((6, 6), -60.0, 150.0)


def angles(count, structure=STRUCTURE):
    torch.manual_seed(0)
    return structure.from_unit(torch.rand(count, *structure.shape) * 2 - 1)


@pytest.mark.parametrize("n", [4, 6])
def test_shapes_and_ranges(n):
    structure = Structure((n, n), -20.0, 110.0)
    encoder = CircularConv(structure, latent_dim=5, width=8).eval()
    posterior = encoder.encode(angles(3, structure))
    assert posterior.mean.shape == posterior.log_variance.shape == (3, 5)
    soft = encoder.decode(10 * torch.randn(3, 5))
    assert soft.shape == (3, n, n)
    assert -20 <= soft.min() <= soft.max() <= 110


@pytest.mark.parametrize("structure", [Structure((6, 4), 0, 1), Structure((5, 5), 0, 1), Structure((4, 4, 4), 0, 1)])
def test_structures_that_do_not_fit(structure):
    with pytest.raises(ZooError, match=str(structure.shape[0])):
        CircularConv(structure)


def test_the_vae_loss_is_equation_3():
    torch.manual_seed(0)
    encoder = CircularConv(STRUCTURE, latent_dim=4, width=8, fidelity=7.0).eval()
    patterns = angles(5)
    posterior = encoder.encode(patterns)
    terms = encoder.loss(patterns, posterior, Noise(0, range(5)))
    spread = torch.exp(posterior.log_variance / 2)
    gaussian = torch.distributions.Normal(posterior.mean, spread)
    divergence = torch.distributions.kl_divergence(gaussian, torch.distributions.Normal(0.0, 1.0)).sum(1).mean()
    rebuilt = encoder.decode(posterior.sample(Noise(0, range(5))))
    distance = ((rebuilt - patterns) / 105).square().sum((1, 2)).mean()  # 105 degrees are half the range
    assert terms["divergence"].item() == pytest.approx(divergence.item(), rel=1e-4)
    assert terms["reconstruction"].item() == pytest.approx(7 * distance.item(), rel=1e-4)


def test_the_vae_learns_a_few_patterns_by_heart():
    torch.manual_seed(0)
    encoder = CircularConv(STRUCTURE, latent_dim=8, width=16, fidelity=1000.0)
    patterns = angles(8)
    optimiser = torch.optim.Adam(encoder.parameters(), 3e-3)
    for step in range(300):
        terms = encoder.loss(patterns, encoder.encode(patterns), Noise(step, range(8)))
        optimiser.zero_grad()
        sum(terms.values()).backward()
        optimiser.step()
    rebuilt = encoder.decode(encoder.encode(patterns).mean)
    assert (rebuilt - patterns).abs().mean() < 10
