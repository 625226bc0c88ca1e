"""Spinodoids: the volume they are asked for, waves in their cones, periods, one piece."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from zoo import ZooError
from zoo_voxels.components.spinodoid import Spinodoids
from zoo_voxels.generation.spinodoids import spinodoid
from zoo_voxels.measures.connectivity import analyse

angle = st.just(0.0) | st.floats(15, 90)


@given(
    fraction=st.floats(0.05, 0.95),
    angles=st.tuples(angle, angle, angle).filter(any),
    resolution=st.integers(12, 20),
    seed=st.integers(0, 99),
)
@settings(max_examples=20, deadline=None)
def test_the_volume_fraction_is_met_to_a_voxel(
    fraction: float, angles: tuple[float, ...], resolution: int, seed: int
) -> None:
    cell = spinodoid(fraction, angles, resolution, 4.0, np.random.default_rng(seed))
    assert abs(cell.sum() - fraction * cell.size) <= 1


def test_waves_have_their_length_and_lie_in_their_cones() -> None:
    waves, half = 6.0, 30.0
    power = np.zeros((48,) * 3)
    for seed in range(4):
        cell = spinodoid(0.5, (0.0, half, 0.0), 48, waves, np.random.default_rng(seed))
        power += np.abs(np.fft.fftn(cell - 0.5)) ** 2
    vectors = np.stack(np.meshgrid(*[np.fft.fftfreq(48, 1 / 48)] * 3, indexing="ij"), -1)
    length = np.linalg.norm(vectors, axis=-1)
    shell = (length > waves - 1) & (length < waves + 1)
    # A cut leaves 2/pi of a Gaussian field's power in its own waves (Bussgang 1952), and mixed ones may join them.
    assert power[shell].sum() / power.sum() > 2 / np.pi - 0.02
    cone = np.degrees(np.arccos(np.abs(vectors[..., 1]) / np.maximum(length, 1e-9))) <= half + 6
    assert power[shell & cone].sum() > 0.97 * power[shell].sum()


def test_items_are_whole_periodic_cells_of_either_kind() -> None:
    chunk = Spinodoids(resolution=24, count=12).make(range(12))
    for cell in chunk.structures:
        found = analyse(cell)
        assert found.pieces == 1 and found.rank == 3
    assert np.allclose(chunk.properties["volume_fraction"], chunk.structures.mean((1, 2, 3)))
    cones = (chunk.properties["cone_angles"] > 0).sum(1)
    assert set(cones) == {1, 2, 3}
    jumps = [(cell[0] != cell[-1]).mean() / (cell[0] != cell[1]).mean() for cell in chunk.structures]
    assert np.median(jumps) == pytest.approx(1, abs=0.3), "the far face goes on where the near one begins"


@pytest.mark.parametrize("arguments", [{"resolution": 4}, {"count": 0}, {"waves": 0.5}, {"seed": -1}])
def test_arguments_out_of_range_are_named(arguments: dict) -> None:
    with pytest.raises(ZooError, match=f"spinodoid: {next(iter(arguments))}"):
        Spinodoids(**arguments)
