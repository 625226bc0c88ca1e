"""The similarity of Yang et al. against its equation, written out."""

import numpy as np
import pytest

from zoo_voxels.neighbours import pack, similarities


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
