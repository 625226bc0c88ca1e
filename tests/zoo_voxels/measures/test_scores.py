"""Equations 12 to 17 of VOXPLOER against plain loops, and the checks any harness for them must pass."""

from itertools import product

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo_voxels.likeness.neighbours import nearest, pack
from zoo_voxels.measures.connectivity import analyse
from zoo_voxels.measures.scores import CellScores, Protocol, connectivity, periodicity, score, symmetry

PROTOCOLS: tuple[Protocol, ...] = ("paper", "released")
SCORES = ("symmetry", "periodicity", "connectivity", "quality", "novelty", "diversity")


def score_against(cells: np.ndarray, train: np.ndarray, protocol: Protocol) -> CellScores:
    return score(cells, *nearest(pack(cells), pack(train)), protocol)


def plain_symmetry(u: np.ndarray) -> float:
    n = len(u)
    difference = sum(
        abs(int(u[i, j, k]) - int(u[n - 1 - i, n - 1 - j, n - 1 - k])) for i, j, k in product(range(n), repeat=3)
    )
    return 1 - difference / (2 * u.sum()) if u.any() else 0.0


def plain_periodicity(u: np.ndarray) -> float:
    total = 0.0
    for axis in range(3):
        first, last = u.take(0, axis), u.take(len(u) - 1, axis)
        common = sum(bool(a) and bool(b) for a, b in zip(first.flat, last.flat, strict=True))
        either = sum(bool(a) or bool(b) for a, b in zip(first.flat, last.flat, strict=True))
        total += common / either if either else 0.0
    return total / 3


def plain_connectivity(u: np.ndarray) -> float:
    labels, count = scipy.ndimage.label(u)
    return max((labels == label).sum() for label in range(1, count + 1)) / u.sum() if count else 0.0


@settings(deadline=None)
@given(arrays(bool, st.integers(2, 5).map(lambda d: (d, d, d))))
def test_quality_scores_are_their_equations(cell: np.ndarray) -> None:
    batch = cell[None]
    assert symmetry(batch)[0] == pytest.approx(plain_symmetry(cell))
    assert periodicity(batch)[0] == pytest.approx(plain_periodicity(cell))
    assert connectivity(batch, periodic=False)[0] == pytest.approx(plain_connectivity(cell))
    assert connectivity(batch, periodic=True)[0] == pytest.approx(analyse(cell).largest_periodic / max(cell.sum(), 1))


@settings(deadline=None, max_examples=50)
@given(arrays(bool, (6, 4, 4, 4)), arrays(bool, (5, 4, 4, 4)))
def test_novelty_and_diversity_are_their_equations(cells: np.ndarray, train: np.ndarray) -> None:
    """`paper`, on cells that are not empty (an empty one has no neighbour)."""
    cells[:, 1, 2, 3] = True
    neighbours = []
    novelty = []
    for cell in cells:
        iou = [(cell & other).sum() / (cell | other).sum() for other in train]
        neighbours.append(int(np.argmax(iou)))
        novelty.append(1 - max(iou))
    scores = score_against(cells, train, "paper")
    np.testing.assert_allclose(scores.novelty, novelty, atol=1e-12)
    assert scores.diversity.mean() == pytest.approx(len(set(neighbours)) / len(cells))


@settings(deadline=None, max_examples=50)
@given(arrays(bool, (6, 3, 3, 3)), arrays(bool, (5, 3, 3, 3)))
def test_released_counts_only_cells_whose_three_scores_exceed_one_half(cells: np.ndarray, train: np.ndarray) -> None:
    scores = score_against(cells, train, "released")
    index, iou = nearest(pack(cells), pack(train))
    labels, novelty = [], []
    for b, cell in enumerate(cells):
        found = analyse(cell)
        constant = cell.all() or not cell.any()
        passes = (
            not constant
            and plain_symmetry(cell) > 0.5
            and plain_periodicity(cell) > 0.5
            and found.largest_periodic / found.solid > 0.5
        )
        labels.append(int(index[b]) if passes else -1)
        novelty.append(1 - iou[b] if passes else 0.0)
    np.testing.assert_allclose(scores.novelty, novelty, atol=1e-12)
    assert scores.diversity.mean() == pytest.approx(len(set(labels)) / len(cells))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_thousand_empty_cells_score_nothing(protocol: Protocol) -> None:
    """Table 1 of the paper shows diversity 0.001 for a model of which no sample passes: -1 counted once in 1,000."""
    train = np.random.default_rng(0).random((10, 4, 4, 4)) < 0.5
    scores = score_against(np.zeros((1000, 4, 4, 4), bool), train, protocol)
    means = {name: getattr(scores, name).mean() for name in SCORES}
    assert means.pop("diversity") == (0.001 if protocol == "released" else 0)
    assert set(means.values()) == {0}


def test_training_cells_against_themselves_are_no_news() -> None:
    unique = np.random.default_rng(0).random((7, 6, 6, 6)) < 0.5
    train = np.concatenate([unique, unique[:3]])
    scores = score_against(train, train, "paper")
    assert scores.novelty.max() == 0
    assert scores.diversity.mean() == 7 / 10


def test_a_full_cell_is_perfect_to_the_equations_and_nothing_to_the_release() -> None:
    train = np.zeros((1, 4, 4, 4), bool)
    train[0, :2] = True
    full = np.ones((1, 4, 4, 4), bool)
    paper, released = (score_against(full, train, protocol) for protocol in PROTOCOLS)
    assert [getattr(paper, name)[0] for name in SCORES] == [1, 1, 1, 1, 0.5, 1]
    assert [getattr(released, name)[0] for name in SCORES] == [0, 0, 0, 0, 0, 1]


def test_mirrored_octants_are_symmetric_and_periodic() -> None:
    octants = np.random.default_rng(3).random((5, 6, 6, 6)) < 0.4
    cells = octants
    for axis in (1, 2, 3):
        cells = np.concatenate([cells, np.flip(cells, axis)], axis)
    assert symmetry(cells).tolist() == [1.0] * 5
    assert periodicity(cells).tolist() == [1.0] * 5


def test_an_inclusion_away_from_the_faces_is_not_periodic() -> None:
    cell = np.zeros((1, 5, 5, 5), bool)
    cell[0, 2, 2, 2] = True
    assert periodicity(cell)[0] == 0


def test_connectivity_joins_pieces_through_the_faces_only_where_asked_to() -> None:
    cell = np.zeros((1, 6, 6, 6), bool)
    cell[0, :2, 3, 3] = cell[0, -1, 3, 3] = True
    assert connectivity(cell, periodic=False)[0] == pytest.approx(2 / 3)
    assert connectivity(cell, periodic=True)[0] == 1


def test_unknown_protocols_are_named() -> None:
    with pytest.raises(ZooError, match="'published'.*paper, released"):
        score_against(np.ones((1, 2, 2, 2), bool), np.ones((1, 2, 2, 2), bool), "published")  # type: ignore[arg-type]
