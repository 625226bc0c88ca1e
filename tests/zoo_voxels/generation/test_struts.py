"""Struts: every voxel against distances from all bars of all cells around, and volumes known by calculation."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from zoo_voxels.generation.nets import lattice_from, net
from zoo_voxels.generation.struts import voxelise

CUBE = np.eye(3)
PRIMITIVE = net("pcu", CUBE, [[0, 0, 0]], [(0, 0)] * 3, np.eye(3))
BODY_CENTRED = net("bcu", CUBE, [[0] * 3, [0.5] * 3], [(1, 0)] * 8, list(itertools.product((0, 1), repeat=3)))


def distances(made, resolution: int, lattice: np.ndarray) -> np.ndarray:
    """Distance of each voxel centre from the nearest bar, by all bars of the 7^3 cells around, `[d, d, d]`."""
    axis = (np.arange(resolution) + 0.5) / resolution
    centres = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1) @ lattice
    nearest = np.full((resolution,) * 3, np.inf)
    for start, end in zip(*made.bars(), strict=True):
        span = (end - start) @ lattice
        for cell in itertools.product(range(-3, 4), repeat=3):
            gap = centres - (start + cell) @ lattice
            t = np.clip(gap @ span / (span @ span), 0, 1)
            nearest = np.minimum(nearest, np.linalg.norm(gap - t[..., None] * span, axis=-1))
    return nearest


bars = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), *[st.integers(-1, 1)] * 3).filter(
        lambda bar: bar[0] != bar[1] or any(bar[2:])
    ),
    min_size=1,
    max_size=4,
).map(np.array)


@pytest.mark.parametrize("frame", ["fractional", "real"])
@given(bars=bars, seed=st.integers(0, 2**32 - 1), resolution=st.integers(2, 11), radius=st.floats(0.02, 0.3))
@settings(max_examples=20, deadline=None)
def test_solid_is_what_lies_within_the_radius(frame, bars, seed, resolution, radius) -> None:
    rng = np.random.default_rng(seed)
    lattice = lattice_from(*rng.uniform(0.7, 1.0, 3), *rng.uniform(70, 110, 3))
    made = net("any", lattice, rng.random((3, 3)), bars[:, :2], bars[:, 2:])
    unit = lattice / np.linalg.norm(lattice, axis=1).max() if frame == "real" else CUBE
    expected = distances(made, resolution, unit)
    clear = np.abs(expected - radius) > 1e-9
    cell = voxelise(made, resolution, radius, frame)
    np.testing.assert_array_equal(cell[clear], (expected < radius)[clear])


def test_volumes_are_those_of_cylinders_and_capsules() -> None:
    """The paper's least dense cell has 2.9 % of solid: three struts along the axes."""
    assert voxelise(PRIMITIVE, 48).mean() == pytest.approx(0.029, abs=5e-4)
    radius, square = 0.06, np.pi * 0.06**2
    crossing = 8 * (2 - np.sqrt(2)) * radius**3  # three cylinders (Steinmetz): the volume that all share
    pairs = 16 / 3 * radius**3
    exact = 3 * square - 3 * pairs + crossing
    assert voxelise(PRIMITIVE, 200).mean() == pytest.approx(exact, rel=0.01)  # a disc of 12 voxels' radius, in voxels
    bar = net("bar", CUBE, [[0.3, 0.3, 0.3], [0.6, 0.7, 0.5]], [(0, 1)], [(0, 0, 0)])
    capsule = np.pi * 0.2**2 * np.sqrt(0.29) + 4 / 3 * np.pi * 0.2**3
    assert voxelise(bar, 100, 0.2).mean() == pytest.approx(capsule, rel=2e-3)


def test_in_space_a_strut_is_round_and_as_thick_along_every_axis() -> None:
    flat = net("flat", np.diag([1, 1, 0.5]), [[0, 0, 0]], [(0, 0)], [(1, 0, 0)])
    fractional, real = voxelise(flat, 100), voxelise(flat, 100, frame="real")
    assert [int(fractional[0].any(axis).sum()) for axis in (0, 1)] == [12, 12]
    assert [int(real[0].any(axis).sum()) for axis in (0, 1)] == [24, 12]


def test_the_papers_lines_go_on_to_the_faces_of_the_cell() -> None:
    """Equation 11 agrees where struts span the cell, and makes those that end within it too long."""
    for spanning in (PRIMITIVE, BODY_CENTRED):
        np.testing.assert_array_equal(voxelise(spanning, 24), voxelise(spanning, 24, rule="line"))
    half = net("half", CUBE, [[0.5, 0.5, 0.25], [0.5, 0.5, 0.75]], [(0, 1)], [(0, 0, 0)])
    segment, line = voxelise(half, 48), voxelise(half, 48, rule="line")
    disc = line[:, :, 0]
    np.testing.assert_array_equal(line, np.repeat(disc[:, :, None], 48, axis=2))
    assert (segment & ~line).sum() == 0
    np.testing.assert_array_equal(segment[:, :, 24], disc)
    assert not segment[:, :, :9].any() and segment[:, :, 10:38].any((0, 1)).all()
