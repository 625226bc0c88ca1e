"""Draws whose moments are those of the training latents."""

import numpy as np
import pytest
import torch

from zoo import Noise, Walk
from zoo.components.samplers.gaussian_latents import GaussianLatents
from zoo.components.schedules.linear import Linear


def unasked(*_: object) -> torch.Tensor:
    raise AssertionError("neither denoiser nor decoder is asked")


def drawn(latents: torch.Tensor, rows: int) -> np.ndarray:
    walk = Walk(unasked, Linear(), tuple(latents.shape[1:]), Noise(5, range(rows)), unasked, latents)
    found = GaussianLatents().sample(walk)
    assert found.shape == (rows, *latents.shape[1:])
    return found.flatten(1).numpy()


def correlated(count: int, *shape: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    size = int(np.prod(shape))
    mixed = torch.randn(count, size, generator=generator) @ torch.randn(size, size, generator=generator)
    return (20 + mixed / size**0.5).unflatten(1, shape)


def test_mean_and_covariance_are_those_of_the_latents() -> None:
    latents = correlated(40, 2, 3)
    found, flat = drawn(latents, 10000), latents.flatten(1).numpy()
    assert found.mean(0) == pytest.approx(flat.mean(0), abs=0.05)
    assert np.cov(found.T) == pytest.approx(np.cov(flat.T), abs=0.15)
    # Fourth moments tell a Gaussian from draws of the latents themselves: 3 in units of the variance.
    standard = (found - found.mean(0)) / found.std(0)
    assert (standard**4).mean(0) == pytest.approx(3, abs=0.3)


def test_fewer_latents_than_dimensions_span_all_draws() -> None:
    """In the span the covariance is as exact; across it there is nothing, not even rounding of a large matrix."""
    latents = correlated(8, 200)
    flat = latents.numpy()
    found, mean = drawn(latents, 4000), flat.mean(0)
    _, spread, axes = np.linalg.svd(flat - mean, full_matrices=False)
    inside = (found - mean) @ axes[:7].T
    assert found - mean == pytest.approx(inside @ axes[:7], abs=1e-3)
    assert inside.var(0) == pytest.approx(spread[:7] ** 2 / 7, rel=0.1)
