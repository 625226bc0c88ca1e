"""Known latents with noise, against what is known of normal numbers."""

import pytest
import torch

from zoo import Noise, Walk, ZooError
from zoo.components.samplers.perturbed_latents import PerturbedLatents
from zoo.components.schedules.linear import Linear


def drawn(scale: float, latents: torch.Tensor, rows: int = 400) -> torch.Tensor:
    def unasked(*_: object) -> torch.Tensor:
        raise AssertionError("the denoiser is not asked")

    shape = tuple(latents.shape[1:])
    walk = Walk(unasked, Linear(), shape, Noise(3, range(rows)), unasked, latents)
    return PerturbedLatents(scale).sample(walk)


def test_without_noise_they_are_the_known_ones() -> None:
    latents = torch.randn(7, 3, 2, generator=torch.Generator().manual_seed(0))
    found = drawn(0.0, latents)
    assert {tuple(row.flatten().tolist()) for row in found} == {tuple(row.flatten().tolist()) for row in latents}


@pytest.mark.parametrize("scale", [0.1, 2.0])
def test_noise_is_in_units_of_the_spread(scale: float) -> None:
    latents = 5 + 3 * torch.randn(50, 40, generator=torch.Generator().manual_seed(1))
    moved = drawn(scale, latents) - drawn(0.0, latents)
    assert float(moved.std()) == pytest.approx(3 * scale, rel=0.03)
    assert float(moved.mean()) == pytest.approx(0, abs=0.1 * scale)


def test_a_negative_scale_is_refused() -> None:
    with pytest.raises(ZooError, match="scale -1 must not be negative"):
        PerturbedLatents(-1.0)
