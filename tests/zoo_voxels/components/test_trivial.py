"""Rows that know nothing: each is what it says, and the score of its trick shows."""

import numpy as np
import pytest
import scipy.ndimage
import torch

from zoo import Facts, Noise, Structure, ZooError
from zoo.data.opening import Data, open_data
from zoo_voxels.components.trivial import Trivial, _displacements, _sampled
from zoo_voxels.components.valid_unique_novel import ValidUniqueNovel
from zoo_voxels.components.voxel_scores import VoxelScores

D = 16
COUNT = 30


@pytest.fixture(scope="module")
def data() -> Data:
    return open_data({"use": "metashell-mixed", "resolution": D, "count": 60}, quiet=True)


def drawn(row: str, data: Data, seed: int = 0, count: int = COUNT) -> np.ndarray:
    model = Trivial(Structure((D, D, D), 0.0, 1.0), row)
    assert list(model.stages(data)) == []
    soft = model.sample(range(count), seed, {}, 64)
    return data.domain.harden(soft).numpy().astype(np.uint8)


def bytes_of(cells: np.ndarray) -> set[bytes]:
    return {cell.tobytes() for cell in cells}


def test_cells_of_the_dataset_come_once_each(data: Data) -> None:
    train = bytes_of(data.train.array(data.train.originals))
    found = bytes_of(drawn("training", data))
    assert len(found) == COUNT and found <= train
    assert sorted(cell.tobytes() for cell in drawn("held-out", data, count=12)) == sorted(
        bytes_of(data.held_out.array())
    )
    with pytest.raises(ZooError, match="12 cells are held out, and more are wanted"):
        drawn("held-out", data)
    copies = bytes_of(drawn("copies", data))
    assert len(copies) == 10 and copies <= train


def test_disguises_are_made_of_the_cells_that_training_draws(data: Data) -> None:
    training = drawn("training", data)
    steps = scipy.ndimage.generate_binary_structure(3, 1)
    tiled = np.tile(training, (1, 3, 3, 3)).astype(bool)
    middle = (slice(None), *[slice(D, 2 * D)] * 3)
    thicker = scipy.ndimage.binary_dilation(tiled, steps[None])[middle]
    thinner = scipy.ndimage.binary_erosion(tiled, steps[None])[middle]
    np.testing.assert_array_equal(drawn("thicker", data), thicker)
    np.testing.assert_array_equal(drawn("thinner", data), thinner)
    small = training[:, ::2, ::2, ::2]
    np.testing.assert_array_equal(drawn("supercell", data), np.tile(small, (1, 2, 2, 2)))
    for shifted, cell in zip(drawn("shifted", data), training, strict=True):
        ways = (np.roll(cell, shift, (0, 1, 2)) for shift in np.ndindex(D, D, D))
        assert any(np.array_equal(shifted, way) for way in ways)
    mirrored, half = drawn("mirrored", data), D // 2
    np.testing.assert_array_equal(mirrored[:, :half, :half, :half], training[:, :half, :half, :half])
    for axis in (1, 2, 3):
        np.testing.assert_array_equal(mirrored, np.flip(mirrored, axis))
    union = drawn("union", data)
    assert (union >= training).all() and (union > training).any()
    halves, kept = drawn("halves", data), bytes_of(data.train.array()[:, half:])
    np.testing.assert_array_equal(halves[:, :half], training[:, :half])
    assert bytes_of(halves[:, half:]) <= kept and (halves[:, half:] != training[:, half:]).any()
    np.testing.assert_array_equal(drawn("smeared", data), training | np.roll(training, 1, 1))


def test_warped_cells_are_sampled_where_smooth_fields_lead() -> None:
    noise = Noise(0, range(3), torch.device("cpu"))
    cells, moves = (noise.uniform(D, D, D) < 0.4).float(), _displacements(noise, D)
    lengths = np.sqrt((moves.numpy() ** 2).sum(1).mean((1, 2, 3)))
    np.testing.assert_allclose(lengths, D / 16, rtol=1e-4)
    power = np.abs(np.fft.fftn(moves.numpy(), axes=(2, 3, 4)))
    long = np.ix_(*[np.minimum(np.arange(D), D - np.arange(D)) <= 1] * 3)
    assert power[:, :, *long].sum() == pytest.approx(power.sum(), rel=1e-3)
    found = _sampled(cells, moves).numpy()
    for cell, move, sampled in zip(cells.numpy(), moves.numpy(), found, strict=True):
        places = np.indices((D, D, D)) + move
        expected = scipy.ndimage.map_coordinates(cell, places, order=1, mode="grid-wrap")
        np.testing.assert_allclose(sampled, expected, atol=1e-4)


def test_solid_and_noise_need_no_data(data: Data) -> None:
    solid, noise = drawn("solid", data), drawn("noise", data)
    assert solid.all()
    assert noise.mean() == pytest.approx(0.5, abs=0.01)


def test_the_benchmark_rewards_what_the_share_of_new_cells_does_not(data: Data) -> None:
    """Facts of the five scores: mirrored copies have perfect quality, shifted ones novelty. Neither is news."""
    mirrored, shifted = drawn("mirrored", data), drawn("shifted", data)
    paper = [VoxelScores().scores(cells, data, Facts()) for cells in (mirrored, shifted)]
    assert paper[0]["symmetry"].value == paper[0]["periodicity"].value == 1
    assert paper[1]["novelty"].value > 0.3
    found = ValidUniqueNovel().scores(shifted, data, Facts())
    assert found["novel"].value == found["valid_unique_novel"].value == 0


def test_other_structures_are_refused() -> None:
    with pytest.raises(ZooError, match="not voxel cells"):
        Trivial(Structure((6, 6), 0.0, 1.0))
