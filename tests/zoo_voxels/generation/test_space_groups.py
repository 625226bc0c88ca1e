"""Space groups and their orbits against the International Tables for Crystallography, volume A."""

import numpy as np
import pytest
import spglib
from hypothesis import given, settings, strategies as st

from zoo_voxels.generation.space_groups import (
    CENTROSYMMETRIC,
    COUNT,
    SHARES,
    SYSTEMS,
    draw_group,
    draw_lattice,
    orbit,
    space_group,
)

POINT_GROUPS = {
    1: "1",
    2: "-1 2 m",
    3: "3",
    4: "2/m 222 mm2 4 -4",
    6: "-3 32 3m 6 -6",
    8: "mmm 4/m 422 4mm -42m",
    12: "-3m 6/m 622 6mm -6m2 23",
    16: "4/mmm",
    24: "6/mmm m-3 432 -43m",
    48: "m-3m",
}
ORDERS = {symbol: order for order, symbols in POINT_GROUPS.items() for symbol in symbols.split()}
CENTRINGS = {"P": 1, "A": 2, "B": 2, "C": 2, "I": 2, "R": 3, "F": 4}


def test_orders_are_point_group_times_centring() -> None:
    types = {kind.number: kind for kind in map(spglib.get_spacegroup_type, range(530, 0, -1))}
    expected = [
        ORDERS[types[number].pointgroup_international] * CENTRINGS[types[number].international_short[0]]
        for number in range(1, COUNT + 1)
    ]
    assert [len(space_group(number).rotations) for number in range(1, COUNT + 1)] == expected


def test_centres_of_symmetry_are_at_the_origin() -> None:
    """92 of the 230 groups are centrosymmetric; the second origin choice, where there are two, is at a centre."""
    groups = [group for group in map(space_group, range(1, COUNT + 1)) if group.is_centrosymmetric]
    assert len(groups) == 92
    for group in groups:
        inversions = (group.rotations == -np.eye(3)).all((1, 2))
        assert (group.translations[inversions] % 1 == 0).all(1).any()


def test_groups_are_drawn_by_their_shares() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_group(rng) for _ in range(4000)]
    shares = [sum(group.system == system for group in drawn) / 4000 for system in SYSTEMS]
    np.testing.assert_allclose(shares, SHARES, atol=0.03)
    assert np.mean([group.is_centrosymmetric for group in drawn]) == pytest.approx(CENTROSYMMETRIC, abs=0.03)
    assert len({group.number for group in drawn}) > 200


def test_systems_are_those_of_the_tables() -> None:
    firsts = {1: "tri", 3: "mon", 16: "ort", 75: "tet", 143: "trig", 168: "hex", 195: "cub"}
    assert {number: space_group(number).system for number in firsts} == firsts
    lasts = {2: "tri", 15: "mon", 74: "ort", 142: "tet", 167: "trig", 194: "hex", 230: "cub"}
    assert {number: space_group(number).system for number in lasts} == lasts


@pytest.mark.parametrize(
    ("number", "point", "multiplicity"),
    [
        (225, (0, 0, 0), 4),
        (225, (0.25, 0.25, 0.25), 8),
        (225, (0, 0.25, 0.25), 24),
        (225, (0.1, 0, 0), 24),
        (225, (0.1, 0.1, 0.1), 32),
        (225, (0.11, 0.23, 0.37), 192),
        (221, (0, 0.5, 0.5), 3),
        (229, (0.25, 0.25, 0.25), 8),
        (230, (0, 0, 0), 16),
        (230, (0.125, 0, 0.25), 24),
        (230, (0.375, 0, 0.25), 24),
        (191, (1 / 3, 2 / 3, 0), 2),
        (194, (1 / 3, 2 / 3, 0.25), 2),
        (166, (0, 0, 0.2), 6),
        (61, (0, 0, 0), 4),
        (14, (0.1, 0.2, 0.3), 4),
        (1, (0.1, 0.2, 0.3), 1),
    ],
)
def test_multiplicities_are_those_of_the_tables(number, point, multiplicity) -> None:
    group = space_group(number)
    points = orbit(group, np.array(point, float), draw_lattice(group.system, np.random.default_rng(0)), 1e-4)
    assert points is not None and len(points) == multiplicity


@given(st.integers(1, COUNT), st.integers(0, 2**32 - 1))
@settings(max_examples=80, deadline=None)
def test_orbits_are_orbits(number, seed) -> None:
    """Every operation permutes the points; there are as many as operations for each that keeps one; none are near."""
    rng = np.random.default_rng(seed)
    group = space_group(number)
    lattice = draw_lattice(group.system, rng)
    spacing = rng.uniform(0.05, 0.3)
    points = orbit(group, rng.random(3), lattice, spacing)
    if points is None:
        return
    assert ((points >= 0) & (points < 1)).all()
    gaps = group.images(points)[:, :, None] - points
    steps = gaps - np.rint(gaps)
    hits = np.abs(steps).max(-1) < 1e-9
    assert (hits.sum(1) == 1).all() and (hits.sum(2) == 1).all()
    assert len(points) * hits[:, 0, 0].sum() == len(group.rotations)
    cells = np.stack(np.meshgrid(*[(-1, 0, 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    apart = np.linalg.norm((points - points[0] + cells[:, None]) @ lattice, axis=-1)
    assert np.sort(apart, axis=None)[1] > min(spacing, 0.3) - 1e-9


@given(st.integers(1, COUNT), st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_lattices_keep_the_symmetry_of_their_group(number, seed) -> None:
    group = space_group(number)
    lattice = draw_lattice(group.system, np.random.default_rng(seed))
    metric = lattice @ lattice.T
    turned = group.rotations.transpose(0, 2, 1) @ metric @ group.rotations
    np.testing.assert_allclose(turned - metric, 0, atol=1e-12)
    assert np.linalg.norm(lattice, axis=1).max() == pytest.approx(1)
