"""Cells that are filled cut by cut: their density, and the chance that random cuts do not cross."""

import numpy as np
import pytest
import torch

from zoo_kirigami.cuts.arcs import free_gaps
from zoo_kirigami.cuts.geometry import crossings
from zoo_kirigami.cuts.rows import Conditional, earlier, fill
from zoo_kirigami.statistics.chances import chances


def lots(count, n=6, seed=0):
    return torch.rand(count, n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("max_rotation", [20.0, 60.0, 90.0])
def test_filled_cells_cross_nothing(max_rotation):
    cells = fill(lots(1000), max_rotation).angles.float().numpy()
    assert not crossings(cells).any()


@pytest.mark.parametrize(
    ("max_rotation", "chance", "count"),
    [
        (30, 1, 100),
        (35, 0.159, 2000),
        (40, 1.52e-2, 3000),
        (45, 1.60e-3, 4000),
        (50, 1.91e-4, 5000),
        (60, 4.19e-6, 20_000),
        (75, 1.16e-7, 10_000),
        (90, 7.5e-7, 5000),
    ],
)
def test_chance_that_no_cuts_cross(max_rotation, chance, count):
    """Against sequential Monte Carlo and 1.2e8 direct draws of an independent implementation; the paper has "three out
    of a million" at 60 and less than 0.001 % at 90 degrees."""
    found = chances(max_rotation, count=count)
    assert found.chance == pytest.approx(chance, rel=0.1)
    assert found.error < 0.06 * found.chance


def test_chance_in_a_small_cell_by_counting():
    """2x2 cells without crossings are common enough to be counted."""
    rng = np.random.default_rng(0)
    angles = np.array([[0, 90], [90, 0]]) + rng.uniform(-90, 90, (40_000, 2, 2))
    assert chances(90, n=2, count=20_000).chance == pytest.approx((crossings(angles) == 0).mean(), rel=0.03)


def test_density_integrates_to_one_and_says_how_often_a_rotation_is_drawn():
    around = torch.full((1, 8), torch.nan)
    around[0, 0], around[0, 3] = 120.0, 60.0
    gaps = free_gaps(around, torch.zeros(1), 60.0)
    weights = torch.tensor([[0.3, -1.0, 0.5, 2.0, 0.0]], dtype=torch.float64)
    rotations = torch.linspace(-60, 60, 24_001, dtype=torch.float64)[None, :-1] + 0.0025
    free = ((gaps.low[..., None] < rotations) & (rotations < (gaps.low + gaps.length)[..., None])).any(1)
    many = Conditional(
        type(gaps)(gaps.low.expand(24_000, -1), gaps.length.expand(24_000, -1)), weights.expand(24_000, -1), 60.0
    )
    density = torch.where(free[0], many.log_density(rotations[0]).exp(), 0.0)
    assert density.sum() * 0.005 == pytest.approx(1, abs=2e-3)
    drawn = many.draw(torch.rand(24_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64))
    counts, edges = np.histogram(drawn, 24, (-60, 60))
    expected = density.view(24, -1).sum(1) * 0.005 * 24_000
    assert np.abs(counts - expected.numpy()).max() < 4.5 * expected.max() ** 0.5
    assert len(edges) == 25


def test_earlier_neighbours():
    """In the first row only the cut to the left, and for its last cut the first too; at the very end all eight."""
    count = earlier(6).sum(-1)
    assert count[0].tolist() == [0, 1, 1, 1, 1, 2]
    assert count[2].tolist() == [3, 4, 4, 4, 4, 5]
    assert count[5].tolist() == [6, 7, 7, 7, 7, 8]
