"""Noise of the training latents' spread, against what is known of normal numbers."""

import numpy as np
import pytest
import torch

from zoo import Noise, Walk
from zoo.components.samplers.random_latents import RandomLatents
from zoo.components.schedules.rectified_flow import RectifiedFlow


def unasked(*_: object) -> torch.Tensor:
    raise AssertionError("neither denoiser nor decoder is asked")


def test_only_mean_and_spread_are_those_of_the_latents() -> None:
    """Latents whose elements are all alike are known by two numbers: the draws have these, and independent elements."""
    latents = 5 + 3 * torch.randn(500, 1, generator=torch.Generator().manual_seed(0)).expand(-1, 6)
    walk = Walk(unasked, RectifiedFlow(), (6,), Noise(3, range(4000)), unasked, latents)
    drawn = RandomLatents().sample(walk).numpy()
    assert drawn.mean() == pytest.approx(float(latents.mean()), abs=0.1)
    assert drawn.std() == pytest.approx(float(latents.std()), rel=0.03)
    assert np.corrcoef(drawn.T) == pytest.approx(np.eye(6), abs=0.07)
