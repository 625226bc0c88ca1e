"""DDIM, there and back."""

import math

import torch

from exact_walks import MEAN, STD, walk
from zoo import Noise
from zoo.components.samplers.ddim import DDIM
from zoo.components.schedules.linear import Linear


def test_ddim_inverts_along_the_flow_of_a_gaussian() -> None:
    schedule = Linear()
    clean = MEAN + STD * torch.linspace(-2, 2, 9)[None]
    alpha, sigma = (float(value) for value in schedule.signal(torch.tensor(999)))
    # The probability flow of a Gaussian keeps every point at its own number of standard deviations.
    flowed = alpha * MEAN + math.hypot(alpha * STD, sigma) * (clean - MEAN) / STD
    errors = [
        float((DDIM(steps=steps).invert(walk(schedule, 1, 9), clean) - flowed).abs().max()) for steps in (100, 500)
    ]
    assert errors[1] < 0.05
    assert errors[1] < errors[0] / 3


def test_ddim_retraces_its_own_walk() -> None:
    there = walk(Linear(), 1, 9)
    clean = DDIM(steps=500).sample(there)
    torch.testing.assert_close(DDIM(steps=500).invert(there, clean), Noise(0, [0]).normal(9), rtol=0, atol=0.03)
