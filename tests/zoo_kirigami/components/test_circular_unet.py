"""The denoiser: shapes, periodicity, and that it learns."""

import pytest
import torch

from zoo import Level, Structure, ZooError
from zoo_kirigami.components.circular_unet import CircularUNet

STRUCTURE = Structure((6, 6), -60.0, 150.0)


def level(count):
    return Level(torch.linspace(0.01, 0.99, count), torch.linspace(5, -5, count))


@pytest.mark.parametrize("structure", [Structure((6, 4), 0, 1), Structure((5, 5), 0, 1), Structure((4, 4, 4), 0, 1)])
def test_structures_that_do_not_fit(structure):
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
