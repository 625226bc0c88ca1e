"""The evaluator wraps the scores, and searches for neighbours once."""

from dataclasses import dataclass

import numpy as np
import pytest

from zoo import Facts, ZooError
from zoo_voxels.components.voxel_scores import VoxelScores
from zoo_voxels.components.voxels import Voxels
from zoo_voxels.likeness.neighbours import nearest, pack
from zoo_voxels.measures.scores import score

NAMES = ["symmetry", "periodicity", "connectivity", "quality", "novelty", "diversity"]


@dataclass
class Cells:
    """A split of cells that counts how often its bits are asked for."""

    cells: np.ndarray
    asked: int = 0

    def __len__(self) -> int:
        return len(self.cells)

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        return self.cells if indices is None else self.cells[indices]

    def packed(self) -> np.ndarray:
        self.asked += 1
        return pack(self.cells)


@dataclass
class Known:
    train: Cells
    held_out: Cells
    domain: Voxels


@pytest.fixture
def known() -> Known:
    train, held_out = np.random.default_rng(0).random((2, 8, 6, 6, 6)) < 0.5
    return Known(Cells(train), Cells(held_out), Voxels(6))


@pytest.fixture
def generated() -> np.ndarray:
    return (np.random.default_rng(1).random((5, 6, 6, 6)) < 0.5).astype(np.uint8)


@pytest.mark.parametrize("protocol", ["paper", "released"])
def test_scores_are_means_of_their_values(known: Known, generated: np.ndarray, protocol: str) -> None:
    scores = VoxelScores(protocol).scores(generated, known, Facts())
    expected = score(generated.astype(bool), *nearest(pack(generated), known.train.packed()), protocol)
    assert list(scores) == NAMES
    for name, found in scores.items():
        np.testing.assert_array_equal(found.per_sample, getattr(expected, name))
        assert found.value == pytest.approx(found.per_sample.mean())
        assert found.higher_is_better


def test_both_protocols_share_one_search(known: Known, generated: np.ndarray) -> None:
    facts = Facts()
    one, other = (VoxelScores(protocol).scores(generated, known, facts) for protocol in ("paper", "released"))
    assert known.train.asked == 1
    assert all(one[name].sentence != other[name].sentence for name in NAMES)


def test_the_training_cells_themselves_are_no_news(known: Known) -> None:
    scores = VoxelScores("paper").scores(known.train.cells, known, Facts())
    assert scores["novelty"].value == 0
    assert scores["diversity"].value == 1


def test_what_is_no_voxel_cell_is_refused(known: Known) -> None:
    with pytest.raises(ZooError, match=r"\(6, 6\) are not voxel cells"):
        VoxelScores().scores(np.zeros((3, 6, 6)), known, Facts())


def test_unknown_protocols_are_refused() -> None:
    with pytest.raises(ZooError, match="'published'; known: paper, released"):
        VoxelScores("published")  # type: ignore[arg-type]
