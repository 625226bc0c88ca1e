"""The energy against a scalar twin, the exact geometry and finite differences."""

import math

import numpy as np
import pytest
import torch

from zoo import Structure
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.components.signed_overlap import SignedOverlap
from zoo_kirigami.cuts.geometry import base_angles, crossing_pairs, crossings
from zoo_kirigami.cuts.overlap import signed_overlap


def objective(max_rotation=90.0, **arguments):
    return SignedOverlap(Structure((6, 6), -max_rotation, 90 + max_rotation), **arguments)


def uniform_cells(count, max_rotation=90):
    rng = np.random.default_rng(0)
    return torch.from_numpy(base_angles(6) + rng.uniform(-max_rotation, max_rotation, (count, 6, 6)))


def energy_of_one(angles, sharpness, margin):
    """The formula, pair by pair, in complex numbers: a cut is h e^(i phi), x to the right and y up."""
    total = 0.0
    for i in range(6):
        for j in range(6):
            for down, right in [(0, 1), (1, 0), (1, 1), (1, -1)]:
                u, v = (
                    complex(math.sin(math.radians(a)), math.cos(math.radians(a)))
                    for a in (angles[i][j], angles[(i + down) % 6][(j + right) % 6])
                )
                d = complex(right, -down)
                across = [abs((first.conjugate() * second).imag) for first, second in [(u, v), (d, u), (d, v)]]
                overlap = math.sqrt(3) / 2 * across[0] - max(across[1:])
                total += math.log1p(math.exp(sharpness * (overlap + margin))) / sharpness
    return total


def test_energy_is_the_sum_over_all_pairs():
    cells = uniform_cells(3)
    energies = objective(sharpness=10.0, margin=0.05).energy(cells, {})
    expected = [energy_of_one(cell, 10.0, 0.05) for cell in cells.tolist()]
    assert energies.tolist() == pytest.approx(expected, rel=1e-6)


def test_overlap_is_positive_where_cuts_cross():
    cells = uniform_cells(2000)
    overlap = signed_overlap(cells).numpy()
    clear = np.abs(overlap) > 1e-9
    assert np.array_equal((overlap > 0)[clear], crossing_pairs(cells)[clear])


def test_gradient_agrees_with_finite_differences():
    # softplus is smooth, |x| and max are not: random cells lie on no kink
    cells = uniform_cells(2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: objective().energy(x, {}), cells)


def test_leaving_the_range_costs_the_excess():
    cells = torch.from_numpy(base_angles(6)).repeat(2, 1, 1)
    cells[1, 0, 0] += 25
    inside, outside = objective(20.0, sharpness=3000.0).energy(cells, {}).tolist()  # So sharp that nothing overlaps.
    assert inside == pytest.approx(0)
    assert outside == pytest.approx(math.radians(5), rel=1e-6)


def test_half_turns_change_nothing():
    cells = uniform_cells(4, max_rotation=20)
    assert torch.allclose(objective(20.0).energy(cells + 180, {}), objective(20.0).energy(cells, {}))


def test_descent_parts_crossing_cuts():
    torch.manual_seed(0)
    cells = uniform_cells(50).requires_grad_()
    optimiser = torch.optim.Adam([cells], lr=2.0)
    for _ in range(150):
        optimiser.zero_grad()
        objective().energy(cells, {}).sum().backward()
        optimiser.step()
    assert crossings(cells.detach()).mean() < 0.5


def test_cuts_beyond_their_range_overlap_as_they_will_once_they_are_turned_back():
    """So a pattern cannot seem free of crossings because of turns that `harden` takes back."""
    cells = uniform_cells(20)
    hard = CutPattern(60).harden(cells)
    excess = np.deg2rad(np.abs((cells - hard).numpy())).sum((1, 2))
    wanted = objective(60).energy(hard.double(), {}).numpy() + excess
    assert objective(60).energy(cells, {}).numpy() == pytest.approx(wanted, rel=1e-4)
