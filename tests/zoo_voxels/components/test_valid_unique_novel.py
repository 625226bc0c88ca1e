"""Who is valid, unique and novel: by construction, and by the tricks that win the benchmark's five scores."""

import numpy as np
import pytest

from zoo import Facts, ZooError
from zoo.data.opening import Data, open_data
from zoo_voxels.components.valid_unique_novel import ValidUniqueNovel
from zoo_voxels.likeness.symmetries import SYMMETRIES, moved

D = 16


@pytest.fixture(scope="module")
def data() -> Data:
    return open_data({"use": "metashell-mixed", "resolution": D, "count": 60}, quiet=True)


def shares(cells: np.ndarray, data: Data, **arguments: float) -> dict[str, list[float]]:
    found = ValidUniqueNovel(**arguments).scores(cells, data, Facts())
    for score in found.values():
        assert score.value == pytest.approx(score.per_sample.mean())
    return {name: score.per_sample.tolist() for name, score in found.items()}


def test_held_out_cells_are_valid_unique_and_mostly_novel(data: Data) -> None:
    found = shares(data.held_out.array(), data, thickness=1)
    assert set(found["valid"]) == set(found["unique"]) == {1.0}
    assert np.mean(found["novel"]) > 0.5
    assert max(found["distance_to_held_out"]) == 0
    both = np.array(found["unique"]) * found["novel"]
    assert found["valid_unique_novel"] == both.tolist()


def test_training_cells_in_any_disguise_are_known(data: Data) -> None:
    rng = np.random.default_rng(0)
    cells = data.train.array(np.arange(0, len(data.train), 7)[:18])
    disguises = {
        "as they are": cells,
        "shifted by half a period": np.roll(cells, D // 2, axis=1),
        "reflected, turned and shifted": np.stack(
            [np.roll(moved(cell, SYMMETRIES[rng.integers(48)]), rng.integers(0, D, 3), (0, 1, 2)) for cell in cells]
        ),
    }
    for name, disguised in disguises.items():
        found = shares(disguised, data)
        assert max(found["distance_to_training"]) == 0, name
        assert set(found["novel"]) == set(found["valid_unique_novel"]) == {0.0}, name


def test_the_second_of_two_equal_cells_is_no_more_unique(data: Data) -> None:
    cell, other = data.held_out.array()[:2]
    found = shares(np.stack([cell, other, np.roll(cell[::-1], 3, axis=1), cell]), data)
    assert found["unique"] == [1, 1, 0, 0]


def test_validity_is_one_percolating_piece_without_thin_parts(data: Data) -> None:
    beams = np.zeros((D, D, D), np.uint8)
    beams[:4, :4] = beams[:4, :, :4] = beams[:, :4, :4] = 1
    floating = beams.copy()
    floating[8:12, 8:12, 8:12] = 1
    rod = np.zeros_like(beams)
    rod[:4, :4] = 1
    wires = np.zeros_like(beams)
    wires[:1, :1] = wires[:1, :, :1] = wires[:, :1, :1] = 1
    box = 1 - floating + beams
    found = shares(np.stack([beams, floating, rod, wires, box, 0 * beams, 0 * beams + 1]), data)
    assert found["connected"] == [1, 0, 1, 1, 1, 0, 1]
    assert found["percolating"] == [1, 1, 0, 1, 1, 0, 1]
    assert found["thick_enough"] == [1, 1, 1, 0, 1, 0, 1]
    assert found["valid"] == [1, 0, 0, 0, 1, 0, 1]
    assert found["trapped_void"] == [0, 0, 0, 0, 4**3 / D**3, 0, 0]


def test_noise_is_far_from_everything_and_not_valid(data: Data) -> None:
    noise = (np.random.default_rng(0).random((6, D, D, D)) < 0.5).astype(np.uint8)
    found = shares(noise, data)
    assert set(found["novel"]) == {1.0} and set(found["valid"]) == {0.0}
    assert min(found["distance_to_held_out"]) > 0.5


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (np.zeros((2, D, D)), "not voxel cells"),
        (np.zeros((2, 8, 8, 8)), r"shape \(8, 8, 8\), and those to compare with have \(16, 16, 16\)"),
        (np.zeros((0, D, D, D)), "no cells to score"),
        (np.full((2, D, D, D), 0.5), "cell 0 holds 0.5"),
        (np.concatenate([np.zeros((1, D, D, D)), np.full((1, D, D, D), np.nan)]), "cell 1 holds nan"),
    ],
)
def test_what_is_no_set_of_cells_is_refused(data: Data, cells: np.ndarray, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        ValidUniqueNovel().scores(cells, data, Facts())


def test_arguments_out_of_range_are_named_together() -> None:
    with pytest.raises(ZooError) as error:
        ValidUniqueNovel(same=1.5, thickness=0)
    assert "same 1.5" in str(error.value) and "thickness 0" in str(error.value)
