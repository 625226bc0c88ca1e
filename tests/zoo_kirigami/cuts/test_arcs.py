"""Free gaps against the count of crossings, and what is drawn from them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st

from zoo_kirigami.cuts.arcs import free_gaps, neighbours
from zoo_kirigami.cuts.geometry import OFFSETS, base_angles, crossing_pairs

BASE = torch.from_numpy(base_angles(6))


def uniform_cells(count, max_rotation, seed=0):
    rng = np.random.default_rng(seed)
    return base_angles(6) + rng.uniform(-max_rotation, max_rotation, (count, 6, 6))


def gaps_of(cells, max_rotation, cut_length=3**0.5):
    return free_gaps(neighbours(torch.from_numpy(cells)), BASE, max_rotation, cut_length)


def cut_crosses(cells, i, j, cut_length=3**0.5):
    flags = crossing_pairs(cells, cut_length)
    crosses = flags[:, :, i, j].any(1)
    for k, (down, right) in enumerate(OFFSETS):
        crosses |= flags[:, k, (i - down) % 6, (j - right) % 6]
    return crosses


@settings(max_examples=20)
@given(st.floats(5, 90), st.floats(0.5, 1.99), st.integers(0, 5), st.integers(0, 5), st.integers(0, 2**20))
def test_a_rotation_lies_in_a_gap_just_when_the_cut_crosses_nothing(max_rotation, cut_length, i, j, seed):
    cells = uniform_cells(300, max_rotation, seed)
    gaps = gaps_of(cells, max_rotation, cut_length)
    tried = np.random.default_rng(seed).uniform(-max_rotation, max_rotation, 300)
    low, high = gaps.low[:, i, j], gaps.low[:, i, j] + gaps.length[:, i, j]
    rotation = torch.from_numpy(tried)[:, None]
    free = ((low < rotation) & (rotation < high)).any(1).numpy()
    edge = (torch.minimum((rotation - low).abs(), (rotation - high).abs()).min(1).values < 1e-7).numpy()
    cells[:, i, j] = base_angles(6)[i, j] + tried
    assert np.array_equal(free[~edge], ~cut_crosses(cells, i, j, cut_length)[~edge])


def test_neighbours_that_are_not_there_forbid_nothing():
    around = torch.full((1, 8), torch.nan)
    assert free_gaps(around, torch.zeros(1), 60.0).total == pytest.approx(120)


def test_one_neighbour_against_plane_geometry():
    """The neighbour to the right, turned to 120 degrees: its near end (1/4, sqrt(3)/4) is also the point of its line
    nearest to the cut's centre, at bearing 30 and distance 1/2; it is within reach h up to arccos(1 / 2h) from there.
    A horizontal one lies along the bearing of 90 alone."""
    around = torch.full((2, 8), torch.nan)
    around[:, 0] = torch.tensor([120.0, 90.0])
    gaps = free_gaps(around, torch.zeros(2), 90.0)
    reach = np.rad2deg(np.arccos(1 / 3**0.5))
    low, length = (part[0][gaps.length[0] > 0].tolist() for part in (gaps.low, gaps.length))
    assert low == pytest.approx([-90, 30 + reach])
    assert length == pytest.approx([120, 60 - reach])
    assert gaps.total[1] == pytest.approx(180)


@given(st.integers(0, 2**20), st.sampled_from([40.0, 60.0, 90.0]))
@settings(max_examples=10)
def test_place_undoes_measure(seed, max_rotation):
    gaps = gaps_of(uniform_cells(20, max_rotation, seed), max_rotation)
    lots = torch.rand(20, 6, 6, generator=torch.Generator().manual_seed(seed)).double()
    placed = gaps.place(lots * gaps.total)
    measured = gaps.measure(placed.unsqueeze(-1)).squeeze(-1)
    roomy = gaps.total > 0
    assert torch.allclose(measured[roomy], (lots * gaps.total)[roomy], atol=2e-5)
    assert torch.equal(gaps.measure(torch.full_like(placed, max_rotation).unsqueeze(-1)).squeeze(-1), gaps.total)


def test_what_is_drawn_crosses_nothing_even_as_float32():
    cells = uniform_cells(3000, 90)
    gaps = gaps_of(cells, 90.0)
    for lot in (0.0, 0.5, 1 - 1e-9):
        drawn = (BASE + gaps.place(lot * gaps.total)).float().double().numpy()
        for i, j in ((0, 0), (2, 3)):
            tried = cells.copy()
            tried[:, i, j] = drawn[:, i, j]
            room = gaps.total[:, i, j].numpy() > 0
            assert not cut_crosses(tried, i, j)[room].any()


def test_the_nearest_gap_is_the_one_of_the_nearest_free_angle():
    """Beside a search of all angles, of which those half a turn apart are the same."""
    rng = np.random.default_rng(3)
    around = torch.from_numpy(rng.uniform(-90, 90, (200, 8)))
    gaps = free_gaps(around, torch.zeros(200), 90.0)
    rotations = torch.from_numpy(rng.uniform(-90, 90, 200))
    own = gaps.nearest(rotations)
    for row in range(200):
        spans = [(a, a + b) for a, b in zip(gaps.low[row].tolist(), gaps.length[row].tolist(), strict=True) if b > 0]
        if not spans:
            continue
        shifted = [float(rotations[row]) + turn for turn in (-180, 0, 180)]
        away = [min(max(low - r, r - high, 0) for r in shifted) for low, high in spans]
        found = (float(own.low[row, 0]), float(own.low[row, 0] + own.length[row, 0]))
        assert found == pytest.approx(spans[int(np.argmin(away))])
