"""Noise on a circle, and the walk back from it."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch import nn

from zoo import Denoiser, Noise, Structure, ZooError
from zoo_kirigami.components.double_angle import DoubleAngle
from zoo_kirigami.components.torus_diffusion import ScoreMatching, TorusDiffusion
from zoo_kirigami.cuts.geometry import base_angles
from zoo_kirigami.statistics.wrapped_normal import mean_square, score, wrap

STRUCTURE = Structure((4, 4), -90.0, 180.0)
SPREADS = [0.1, 0.5, 1.0, math.pi]


def density(x, spread):
    """The wrapped normal by its Fourier series."""
    k = np.arange(1, 200)
    return (1 + 2 * (np.exp(-((spread * k) ** 2) / 2) * np.cos(k * x)).sum()) / (2 * math.pi)


@pytest.mark.parametrize("spread", SPREADS)
def test_the_score_is_the_slope_of_the_logarithm_of_the_density(spread):
    for x in (-3.0, -1.0, 0.2, 2.5):
        if density(x, spread) < 1e-8:
            continue
        slope = (math.log(density(x + 1e-5, spread)) - math.log(density(x - 1e-5, spread))) / 2e-5
        found = score(torch.tensor([x, x + 2 * math.pi], dtype=torch.float64), torch.tensor(spread))
        assert found.tolist() == pytest.approx([slope] * 2, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("spread", SPREADS)
def test_its_mean_square_is_that_of_the_density(spread):
    wide = torch.tensor(spread, dtype=torch.float64)

    def integrand(x):
        return density(x, spread) * float(score(torch.tensor(x, dtype=torch.float64), wide)) ** 2

    wanted = quad(integrand, -math.pi, math.pi, points=[0], limit=200)[0]
    assert float(mean_square(wide)) == pytest.approx(wanted, rel=1e-3)


class Knowing(Denoiser):
    """Knows the one pattern that there is: the score of the noise around it."""

    def __init__(self, doubled, model_spread):
        super().__init__()
        self.prediction = "noise"
        self.doubled, self.spread = doubled, model_spread
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, noisy, level, condition, previous=None):
        spread = self.spread(level.time).view(-1, 1, 1)
        away = torch.atan2(noisy[:, 1], noisy[:, 0]) - self.doubled
        along = -score(away, spread) / mean_square(spread).sqrt()
        across = torch.stack([noisy[:, 0], noisy[:, 1]], 1)  # Nothing but what lies along the circle may count.
        return along.unsqueeze(1) * torch.stack([-noisy[:, 1], noisy[:, 0]], 1) + 7 * across


@pytest.fixture
def known():
    """A model that knows a pattern, and the pattern."""
    torch.manual_seed(0)
    pattern = torch.from_numpy(base_angles(4)).float() + 180 * torch.rand(4, 4) - 90
    denoiser = Knowing(torch.deg2rad(2 * pattern), lambda time: 0.03 ** (1 - time) * math.pi**time)
    return TorusDiffusion(STRUCTURE, DoubleAngle(STRUCTURE), denoiser, steps=100), pattern


def test_the_walk_finds_a_pattern_that_the_denoiser_knows(known):
    model, pattern = known
    with torch.no_grad():
        found = model.draw(Noise(0, range(5)), {})
    turn = found - pattern
    assert (turn - 180 * (turn / 180).round()).abs().max() < 0.05  # Degrees.


def test_whoever_knows_the_pattern_has_nothing_to_learn(known):
    model, pattern = known
    with torch.no_grad():
        terms = ScoreMatching(model)({"structure": pattern.expand(64, 4, 4)}, Noise(1, range(64)))
    assert terms["denoising"].item() == pytest.approx(0, abs=1e-4)


def test_the_walk_gets_the_spread_of_the_data_right():
    """A denoiser for independent uniform angles sees no noise; the walk then leaves uniform angles uniform."""
    denoiser = Knowing(torch.zeros(4, 4), lambda time: torch.full_like(time, 30.0))
    denoiser.forward = lambda noisy, level, condition, previous=None: torch.zeros_like(noisy)
    model = TorusDiffusion(STRUCTURE, DoubleAngle(STRUCTURE), denoiser, steps=20)
    found = torch.deg2rad(2 * model.draw(Noise(0, range(500)), {}))
    assert abs(found.cos().mean()) < 0.03 and abs(found.sin().mean()) < 0.03


def test_angles_are_wrapped():
    assert wrap(torch.tensor([0.0, 4.0, -4.0])).tolist() == pytest.approx([0, 4 - 2 * math.pi, 2 * math.pi - 4])


def test_parts_that_do_not_fit(known):
    model, _ = known
    model.denoiser.prediction = "clean"
    with pytest.raises(ZooError) as caught:
        TorusDiffusion(STRUCTURE, DoubleAngle(STRUCTURE), model.denoiser, least=4, steps=0)
    assert len(caught.value.problems) == 3
