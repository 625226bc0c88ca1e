"""Random replacement: admissible, reproducible cell by cell, and uniform over the admissible patterns."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from zoo_kirigami.cuts.geometry import base_angles, crossing_pairs, crossings
from zoo_kirigami.cuts.replacement import replaced_cells

SWEEPS = 20
"""Enough to be stationary (the autocorrelation is below 0.04 after five sweeps)."""


@pytest.mark.parametrize("max_rotation", [20, 60, 90])
def test_every_cell_is_admissible(max_rotation):
    cells = replaced_cells(range(500), 0, max_rotation, sweeps=SWEEPS)
    assert cells.dtype == np.float32
    assert not crossings(cells).any()
    assert (np.abs(cells - base_angles(6)) <= max_rotation).all()


def test_a_cell_depends_on_seed_and_index_only():
    cells = replaced_cells(range(8), 5, 60, sweeps=3)
    assert np.array_equal(replaced_cells([6, 2], 5, 60, sweeps=3), cells[[6, 2]])
    assert not np.isclose(replaced_cells(range(8), 6, 60, sweeps=3), cells).any()
    assert len(np.unique(cells)) == cells.size


def test_the_full_recipe_differs_from_a_short_one_and_is_admissible_too():
    full, short = replaced_cells(range(20), 0, 90), replaced_cells(range(20), 0, 90, sweeps=SWEEPS)
    assert not crossings(full).any()
    assert not np.array_equal(full, short)


@pytest.mark.parametrize(
    ("max_rotation", "density"),
    [
        (20, [1, 1, 1, 1, 1, 1]),
        (60, [1.75, 1.37, 1.21, 0.67, 0.53, 0.46]),
        (90, [1.38, 0.93, 0.69, 0.70, 0.94, 1.37]),
    ],
)
def test_density_of_rotations(max_rotation, density):
    """Against 1,000 cells of an independent implementation that updates a 2x2 colouring instead of cut after cut."""
    rotations = np.abs(replaced_cells(range(1000), 0, max_rotation, sweeps=SWEEPS) - base_angles(6))
    counts, _ = np.histogram(rotations, bins=6, range=(0, max_rotation))
    assert counts / 6000 == pytest.approx(density, abs=0.05)


@pytest.mark.parametrize("second", [(0, 1), (1, 1)])
def test_small_patterns_are_uniform_over_the_admissible_set(second):
    """2x2 patterns are common enough among uniform draws for a chi-square test against plain rejection."""
    rng = np.random.default_rng(0)
    uniform = base_angles(2) + rng.uniform(-90, 90, (50_000, 2, 2))
    exact = uniform[crossings(uniform) == 0]
    cells = replaced_cells(range(10_000), 1, 90, n=2, sweeps=SWEEPS)
    table = np.stack([pair_counts(angles, (0, 0), second) for angles in (exact, cells)])
    assert len(exact) > 10_000
    assert chi2_contingency(table[:, table.sum(0) > 20]).pvalue > 1e-3


def pair_counts(angles, first, second):
    """Counts of two cuts' rotations in 12 x 12 bins, flat."""
    rotations = angles - base_angles(angles.shape[-1])
    counts, _, _ = np.histogram2d(rotations[:, *first], rotations[:, *second], bins=12, range=[(-90, 90)] * 2)
    return counts.ravel()


@pytest.mark.parametrize(("max_rotation", "tries"), [(20, 1.0), (60, 1.83), (90, 2.18)])
def test_tries_of_a_replacement(max_rotation, tries):
    """Draws until a cut of a stationary cell crosses nothing, against an independent implementation."""
    rng = np.random.default_rng(0)
    cells = replaced_cells(range(1500), 0, max_rotation, sweeps=SWEEPS)
    total, pending = 0, np.arange(len(cells))
    while len(pending):
        total += len(pending)
        cells[pending, 0, 0] = rng.uniform(-max_rotation, max_rotation, len(pending))
        pending = pending[crossings(cells[pending]) > 0]
    assert total / len(cells) == pytest.approx(tries, abs=0.12)


def test_independent_draws_from_the_marginal_cross_as_often_as_the_papers_dashed_line():
    """The dashed line of figure 7: 6.4 and 10.2 crossings on average by an independent implementation."""
    for max_rotation, mean in [(60, 6.4), (90, 10.2)]:
        cells = replaced_cells(range(3000), 0, max_rotation, sweeps=SWEEPS)
        shuffled = np.random.default_rng(0).permuted(cells, axis=0)
        assert crossing_pairs(shuffled).sum() / len(cells) == pytest.approx(mean, abs=0.15)
