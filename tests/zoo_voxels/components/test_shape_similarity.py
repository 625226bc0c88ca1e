"""The similarity of Yang et al. against its equation, written out."""

import numpy as np
import pytest

from zoo import Facts, jackknife
from zoo.data.opening import open_data
from zoo_voxels.components.shape_similarity import ShapeSimilarity
from zoo_voxels.likeness.neighbours import pack, similarities


def test_similarities_are_those_of_equation_19() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.random((5, 7, 7, 7)) < 0.3, rng.random((4, 7, 7, 7)) < 0.6
    expected = [[(a & b).sum() / np.sqrt(a.sum() * b.sum()) for b in other] for a in one]
    assert similarities(pack(one), pack(other)) == pytest.approx(np.array(expected))
    assert similarities(pack(one), pack(one)).diagonal() == pytest.approx(1)


def test_nothing_is_like_nothing_only() -> None:
    cells = np.zeros((2, 4, 4, 4), dtype=bool)
    cells[1, 0] = True
    assert similarities(pack(cells), pack(cells)).tolist() == [[1, 0], [0, 1]]


def test_the_interval_of_pairs_is_that_of_the_smaller_sets() -> None:
    data = open_data({"use": "metashell", "resolution": 8, "count": 30}, quiet=True)
    cells = data.held_out.array()

    def between(some: np.ndarray) -> float:
        return ShapeSimilarity().scores(some, data, Facts())["similarity_between"].value

    without = np.array([between(np.delete(cells, i, 0)) for i in range(len(cells))])
    found = ShapeSimilarity().scores(cells, data, Facts())["similarity_between"]
    assert found.interval == pytest.approx(jackknife(between(cells), without))
    assert ShapeSimilarity().scores(cells[:2], data, Facts())["similarity_between"].interval is None
