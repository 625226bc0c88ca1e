"""Stiffness as scores, on cells whose stiffness is known."""

import itertools
from dataclasses import dataclass, field

import numpy as np
import pytest

from zoo import Facts, ZooError
from zoo_mechanics.components.stiffness_evaluator import StiffnessScores
from zoo_mechanics.elasticity.voigt import COMPONENTS, isotropic
from zoo_voxels.components.voxels import Voxels


@dataclass
class Known:
    """Data of which only the domain is looked at."""

    domain: Voxels = field(default_factory=lambda: Voxels(6))
    facts: Facts = field(default_factory=Facts)


def cells() -> np.ndarray:
    """A full cell, a quarter of rods along x, and halves of layers across z that touch nothing along it."""
    made = np.zeros((3, 6, 6, 6), np.uint8)
    made[0] = 1
    made[1, :, :3, :3] = 1
    made[2, :, :, :3] = 1
    return made


def test_scores_are_those_of_cells_whose_stiffness_is_known() -> None:
    """Rods carry E, layers the plane stress of plates, E / (1 - nu^2), each by their share of the cell."""
    scores = StiffnessScores(tensor=True).scores(cells(), Known(), Facts())  # type: ignore[arg-type]
    solid, plate = isotropic(), 0.5 / (1 - 0.3**2)
    known = {
        "C11": [float(solid[0, 0]), 0.25, plate],
        "C12": [float(solid[0, 1]), 0, 0.3 * plate],
        "C33": [float(solid[2, 2]), 0, 0],
        "C66": [float(solid[5, 5]), 0, 0.5 / 2.6],
        "C45": [0, 0, 0],
        "bulk_to_bound": [1, 0.25 / 9 / bulk_bound(0.25), 2 * 1.3 * plate / 9 / bulk_bound(0.5)],
        "singular": [0, 100, 100],
        "hinged": [0, 0, 0],
    }
    for name, values in known.items():
        assert scores[name].per_sample == pytest.approx(values, rel=2e-3, abs=1e-5), name
        assert scores[name].value == pytest.approx(np.mean(values), rel=2e-3, abs=1e-5), name
    assert set(COMPONENTS) <= set(scores)


def bulk_bound(fraction: float) -> float:
    """Hashin and Shtrikman for void, as Hashin (1962) has it: 4 f K G / (4 G + 3 (1 - f) K) with E = 1, nu = 0.3."""
    bulk, shear = 1 / 1.2, 1 / 2.6
    return 4 * fraction * bulk * shear / (4 * shear + 3 * (1 - fraction) * bulk)


def test_what_is_solved_of_many_has_means_and_intervals_only() -> None:
    scores = StiffnessScores(count=2).scores(cells(), Known(), Facts())  # type: ignore[arg-type]
    assert scores["singular"].value == 50 and scores["singular"].per_sample is None
    assert "Of the first 2 cells." in scores["singular"].sentence
    assert "C11" not in scores
    assert {name for name, score in scores.items() if score.interval is None} == set()
    assert scores["singular"].interval == (0, 100)


def test_intervals_are_those_of_all_resamples_of_the_solved_cells() -> None:
    """Of four cells, one of them full and three of rods, 4^4 resamples of the mean are all there are."""
    made = np.repeat(cells()[1:2], 5, 0)
    made[1] = 1
    target = {"C11": 0.25, "C12": 0.1, "C44": 0.1}
    scores = StiffnessScores(count=4, target=target, tensor=True).scores(made, Known(), Facts())  # type: ignore[arg-type]
    assert all(score.interval is not None for score in scores.values())
    rods, full = 0.25, float(isotropic()[0, 0])
    resamples = [np.mean(drawn) for drawn in itertools.product([rods, full, rods, rods], repeat=4)]
    assert scores["C11"].interval == pytest.approx(np.quantile(resamples, [0.025, 0.975]), rel=2e-3)
    assert scores["C45"].interval == pytest.approx((0, 0), abs=1e-6)


def test_a_single_cell_has_no_interval() -> None:
    scores = StiffnessScores(count=1).scores(cells(), Known(), Facts())  # type: ignore[arg-type]
    assert {score.interval for score in scores.values()} == {None}


def test_structures_that_are_no_cells_are_refused() -> None:
    with pytest.raises(ZooError, match=r"shape \(6, 6\) are not voxel cells"):
        StiffnessScores().scores(cells()[:, 0], Known(), Facts())  # type: ignore[arg-type]
