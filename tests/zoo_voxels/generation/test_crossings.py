"""Crowded bars: known cases, and any others against points that are sampled along all bars around."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st

from zoo_voxels.generation.crossings import crowded
from zoo_voxels.generation.nets import lattice_from, net

CUBE = np.eye(3)
DIAGONALS = [(0, 0), (0, 0), (0, 0)], [(1, 0, 0), (0, 1, 0), (0, 0, 1)]


@pytest.mark.parametrize(
    ("edges", "shifts", "is_crowded"),
    [
        (*DIAGONALS, False),
        ([(0, 0), (0, 0)], [(1, 1, 0), (1, -1, 0)], True),
        ([(0, 0), (0, 0)], [(1, 0, 0), (2, 0, 0)], True),
        ([(0, 0), (0, 0)], [(1, 0, 0), (1, 1, 0)], False),
        ([(0, 0), (0, 0)], [(1, 0, 0), (2, 1, 0)], True),
    ],
    ids=["axes", "diagonals of a face", "one upon the other", "at 45 degrees", "at 27 degrees"],
)
def test_known_bars(edges, shifts, is_crowded) -> None:
    assert crowded(net("known", CUBE, [[0, 0, 0]], edges, shifts), 0.05, 30) is is_crowded


def test_a_vertex_within_a_bar_is_too_near() -> None:
    middle = net("middle", CUBE, [[0, 0, 0], [0.5, 0, 0]], [(0, 0), (1, 1)], [(1, 0, 0), (0, 1, 0)])
    beside = net("beside", CUBE, [[0, 0, 0], [0.5, 0, 0.1]], [(0, 0), (1, 1)], [(1, 0, 0), (0, 1, 0)])
    assert crowded(middle, 0.05, 30)
    assert not crowded(beside, 0.05, 30)
    assert crowded(beside, 0.11, 30)


def sampled(made) -> tuple[float, float]:
    """Least distance and angle, to within a thousandth: points along one bar against the other, 5^3 cells around."""
    start, end = made.bars()
    least, angle = np.inf, 180.0
    t = np.linspace(0, 1, 301)[:, None]
    for a, b in itertools.product(range(len(start)), repeat=2):
        one = (end[a] - start[a]) @ made.lattice
        other = (end[b] - start[b]) @ made.lattice
        for cell in itertools.product(range(-2, 3), repeat=3):
            near, far = start[b] + cell, end[b] + cell
            ends = [(p, q) for p in range(2) for q in range(2) if np.allclose((start, end)[p][a], (near, far)[q])]
            if len(ends) == 2:
                continue
            if ends:
                cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
                sign = 1 if ends[0][0] == ends[0][1] else -1
                angle = min(angle, np.degrees(np.arccos(np.clip(sign * cosine, -1, 1))))
                continue
            points = (start[a] - near) @ made.lattice + t * one
            along = np.clip(points @ other / (other @ other), 0, 1)
            least = min(least, np.linalg.norm(points - along[:, None] * other, axis=1).min())
    return least, angle


bars = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), *[st.integers(-1, 1)] * 3).filter(
        lambda bar: bar[0] != bar[1] or any(bar[2:])
    ),
    min_size=1,
    max_size=3,
).map(np.array)


@given(bars=bars, seed=st.integers(0, 2**32 - 1), clearance=st.floats(0.02, 0.3), angle=st.floats(10, 80))
@settings(max_examples=25, deadline=None)
def test_no_pair_is_overlooked(bars, seed, clearance, angle) -> None:
    rng = np.random.default_rng(seed)
    lattice = lattice_from(*rng.uniform(0.6, 1.0, 3), *rng.uniform(70, 110, 3))
    made = net("any", lattice, rng.random((3, 3)), bars[:, :2], bars[:, 2:])
    least, smallest = sampled(made)
    assume(not clearance - 0.02 < least < clearance + 0.02 and abs(smallest - angle) > 1e-6)
    assert crowded(made, clearance, angle) == (least < clearance or smallest < angle)
