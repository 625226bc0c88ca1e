"""The networks: shapes, ranges, periodicity, and that they learn."""

import pytest
import torch

from zoo import Level, Noise, Structure, ZooError
from zoo_kirigami.components.circular_conv import CircularConv
from zoo_kirigami.components.circular_critic import CircularCritic
from zoo_kirigami.components.circular_generator import CircularGenerator
from zoo_kirigami.components.circular_unet import CircularUNet

STRUCTURE = Structure((6, 6), -60.0, 150.0)


def angles(count, structure=STRUCTURE):
    torch.manual_seed(0)
    return structure.from_unit(torch.rand(count, *structure.shape) * 2 - 1)


def level(count):
    return Level(torch.linspace(0.01, 0.99, count), torch.linspace(5, -5, count))


@pytest.mark.parametrize("n", [4, 6])
def test_shapes_and_ranges(n):
    structure = Structure((n, n), -20.0, 110.0)
    patterns = angles(3, structure)
    encoder = CircularConv(structure, latent_dim=5, width=8).eval()
    posterior = encoder.encode(patterns)
    assert posterior.mean.shape == posterior.log_variance.shape == (3, 5)
    generator = CircularGenerator(structure, latent_dim=7, width=8).eval()
    for soft in (encoder.decode(10 * torch.randn(3, 5)), generator(10 * torch.randn(3, 7))):
        assert soft.shape == (3, n, n)
        assert -20 <= soft.min() <= soft.max() <= 110
    assert CircularCritic(structure, width=8)(patterns).shape == (3,)


def test_published_sizes():
    """Of the proposal that fills the paper's gaps: 0.52 and 0.37 million parameters."""
    sizes = [sum(p.numel() for p in network(STRUCTURE).parameters()) for network in (CircularGenerator, CircularCritic)]
    assert [round(size / 1e6, 2) for size in sizes] == [0.52, 0.37]


@pytest.mark.parametrize("structure", [Structure((6, 4), 0, 1), Structure((5, 5), 0, 1), Structure((4, 4, 4), 0, 1)])
def test_structures_that_do_not_fit(structure):
    for network in (CircularConv, CircularGenerator, CircularCritic):
        with pytest.raises(ZooError, match=str(structure.shape[0])):
            network(structure)
    with pytest.raises(ZooError, match="circular-unet"):
        CircularUNet(STRUCTURE, latent_shape=(2, *structure.shape))
    with pytest.raises(ZooError, match=r"circular-unet: structures of shape \(6, 6, 6\) are not two-dimensional"):
        CircularUNet(Structure((6, 6, 6), 0, 1), latent_shape=(6, 6, 6))
    for width in (20, 0, -16):
        with pytest.raises(ZooError, match=f"width {width} is not a positive multiple of 16"):
            CircularUNet(STRUCTURE, latent_shape=(6, 6), width=width)


@pytest.mark.parametrize("shape", [(6, 6), (2, 6, 6), (1, 4, 4)])
def test_the_denoiser_follows_shifts_by_a_period(shape):
    torch.manual_seed(0)
    unet = CircularUNet(STRUCTURE, latent_shape=shape, width=16, blocks=1).eval()
    noisy = torch.randn(3, *shape)
    with torch.no_grad():
        output = unet(noisy, level(3), {})
        shifted = unet(noisy.roll((2, -2), (-2, -1)), level(3), {})
        by_one = unet(noisy.roll(1, -1), level(3), {})
    assert output.shape == noisy.shape
    assert torch.allclose(shifted, output.roll((2, -2), (-2, -1)), atol=1e-5)
    # The halving tells odd rows from even ones, so the base pattern's alternation can be learnt.
    assert not torch.allclose(by_one, output.roll(1, -1), atol=1e-3)


def test_the_denoiser_reads_the_time():
    torch.manual_seed(0)
    unet = CircularUNet(STRUCTURE, latent_shape=(6, 6), width=16, blocks=1).eval()
    noisy = torch.randn(1, 6, 6).expand(2, 6, 6)
    with torch.no_grad():
        early, late = unet(noisy, Level(torch.tensor([0.1, 0.9]), torch.zeros(2)), {})
    assert not torch.allclose(early, late, atol=1e-3)


def test_convolutions_of_the_critic_and_the_generator_are_periodic():
    torch.manual_seed(0)
    trunk = CircularCritic(STRUCTURE, width=8).layers[:-2]
    patterns = torch.rand(2, 6, 6)
    with torch.no_grad():
        assert torch.allclose(trunk(patterns.roll(2, 2)), trunk(patterns).roll(1, 3), atol=1e-6)
    head = CircularGenerator(STRUCTURE, width=8).eval().layers[2:]
    features = torch.rand(2, 32, 3, 3)
    with torch.no_grad():
        assert torch.allclose(head(features.roll(1, 2)), head(features).roll(2, 1), atol=1e-6)


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


def test_the_denoiser_learns_a_pattern_by_heart():
    torch.manual_seed(0)
    unet = CircularUNet(STRUCTURE, latent_shape=(6, 6), width=16, blocks=1)
    clean = torch.rand(1, 6, 6) * 2 - 1
    optimiser = torch.optim.Adam(unet.parameters(), 3e-3)
    for _ in range(150):
        time = torch.rand(16)
        sigma = time.view(-1, 1, 1)
        noise = torch.randn(16, 6, 6)
        noisy = (1 - sigma**2).sqrt() * clean + sigma * noise
        loss = (unet(noisy, Level(time, time), {}) - noise).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.3


def test_the_denoiser_sees_how_large_its_input_is():
    """White noise of two sizes, under as much noise: who knows the size errs by a^2 s^2 / (a^2 s^2 + b^2)."""
    torch.manual_seed(0)
    unet = CircularUNet(STRUCTURE, latent_shape=(6, 6), width=16, blocks=1)
    optimiser = torch.optim.Adam(unet.parameters(), 3e-3)

    def error(count):
        size = torch.tensor([0.2, 1.0])[torch.arange(count) % 2].view(-1, 1, 1)
        noise = torch.randn(count, 6, 6)
        noisy = 0.75**0.5 * size * torch.randn(count, 6, 6) + 0.5 * noise
        return (unet(noisy, Level(torch.full((count,), 0.5), torch.zeros(count)), {}) - noise).square().mean()

    for _ in range(150):
        loss = error(32)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    best = sum(0.75 * s**2 / (0.75 * s**2 + 0.25) for s in (0.2, 1.0)) / 2
    with torch.no_grad():
        assert error(2000) < 1.06 * best
