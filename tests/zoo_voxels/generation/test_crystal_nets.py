"""The nets that our MetaTruss is made of: symmetric as they claim, whole, without crossings, and all of one seed."""

from itertools import islice

import numpy as np
import pytest

from zoo_voxels.generation.crossings import crowded
from zoo_voxels.generation.crystal_nets import (
    ANGLE,
    CLEARANCE,
    COORDINATION,
    MAX_BARS,
    SPACING,
    CrystalNet,
    candidates,
)
from zoo_voxels.generation.nets import closest_vertices, connectivity, net
from zoo_voxels.generation.space_groups import SYSTEMS, space_group
from zoo_voxels.generation.topology import coordination_sequences, topology


@pytest.fixture(scope="module")
def made() -> list[CrystalNet]:
    return [next(candidates(item, seed=1)) for item in range(150)]


def test_nets_keep_the_limits(made) -> None:
    for found in (crystal.net for crystal in made):
        assert connectivity(found) == (1, 3)
        assert closest_vertices(found) >= SPACING[0]
        assert not crowded(found, CLEARANCE, ANGLE)
        assert COORDINATION[0] <= found.coordination().min() <= found.coordination().max() <= COORDINATION[1]
        assert len(found.edges) <= MAX_BARS
        assert np.linalg.norm(found.lattice, axis=1).max() == pytest.approx(1)
        assert ((found.vertices >= 0) & (found.vertices < 1)).all()


def test_nets_are_in_normal_form(made) -> None:
    for found in (crystal.net for crystal in made):
        again = net(found.name, found.lattice, found.vertices, found.edges, found.shifts)
        np.testing.assert_array_equal(again.edges, found.edges)
        np.testing.assert_array_equal(again.shifts, found.shifts)


def test_every_operation_of_the_group_maps_a_net_to_itself(made) -> None:
    """Vertices to vertices and, told by points a third of their length from either end, bars to bars."""
    for crystal in made[:25]:
        group, found = space_group(crystal.group), crystal.net
        metric = found.lattice @ found.lattice.T
        start, end = found.bars()
        thirds = np.concatenate([(2 * start + end) / 3, (start + 2 * end) / 3])
        for rotation, translation in zip(group.rotations, group.translations, strict=True):
            np.testing.assert_allclose(rotation.T @ metric @ rotation, metric, atol=1e-12)
            assert close(found.vertices @ rotation.T + translation, found.vertices)
            assert close(thirds @ rotation.T + translation, thirds)


def close(points: np.ndarray, others: np.ndarray) -> bool:
    """Whether there is one of the other points in the place of each."""
    gaps = points[:, None] - others
    return bool((np.abs(gaps - np.rint(gaps)).max(-1).min(1) < 1e-9).all())


def test_names_say_system_coordination_and_topology(made) -> None:
    for crystal in made:
        system, coordination, digits = crystal.net.name.split("_")
        assert crystal.group <= SYSTEMS[system]
        assert float(coordination[1:]) == pytest.approx(crystal.net.coordination().mean(), abs=0.051)
        weights = np.ones(len(crystal.net.vertices), np.int64)
        assert digits == crystal.topology == topology(coordination_sequences(crystal.net), weights)


def test_a_stream_depends_on_item_and_seed_only(made) -> None:
    again = list(islice(candidates(7, seed=1), 3))
    assert again[0].net.name == made[7].net.name
    np.testing.assert_array_equal(again[0].net.vertices, made[7].net.vertices)
    assert len({crystal.net.name for crystal in again}) > 1
    assert next(candidates(7, seed=2)).net.name != made[7].net.name
    assert len({crystal.group for crystal in made}) > 60
