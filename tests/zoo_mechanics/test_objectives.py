"""Objectives and the property on a full cell, where everything is known."""

import pytest
import torch

from zoo import ZooError
from zoo_mechanics.evaluator import StiffnessScores
from zoo_mechanics.objectives import BulkToBound, Isotropy, PoissonsRatio, StiffnessTarget
from zoo_mechanics.property import Stiffness
from zoo_mechanics.voigt import isotropic

FULL = torch.ones(1, 4, 4, 4)
C11 = float(isotropic()[0, 0])


def test_a_full_cell_is_where_its_base_is() -> None:
    assert float(StiffnessTarget().energy(FULL, {"C11": C11})) == pytest.approx(0, abs=1e-9)
    assert float(StiffnessTarget().energy(FULL, {"C11": C11, "C45": 0.1 * C11})) == pytest.approx(0.005, rel=1e-3)
    assert float(BulkToBound().energy(FULL, {})) == pytest.approx(0, abs=1e-5)
    assert float(Isotropy().energy(FULL, {})) == pytest.approx(0, abs=1e-9)
    assert float(PoissonsRatio(poisson=0.2).energy(FULL, {"poisson": -0.5})) == pytest.approx(0.49, rel=1e-4)


def test_rods_are_as_far_from_isotropy_as_one_component_is() -> None:
    """C11 alone has K = C11 / 9 and G = C11 / 15, an isotropic part of norm (3 K)^2 + 5 (2 G)^2."""
    rods = torch.zeros(1, 4, 4, 4)
    rods[:, :, :2, :2] = 1
    assert float(Isotropy().energy(rods, {})) == pytest.approx(1 - 1 / 9 - 5 * (2 / 15) ** 2, rel=1e-4)


def test_a_steep_projection_leaves_solid_and_void_alone_and_parts_what_is_between() -> None:
    objective = PoissonsRatio(steepness=64)
    grey = 0.6 * FULL
    assert float(objective.energy(FULL, {"poisson": 0.0})) == pytest.approx(0.09, rel=1e-4)
    assert float(StiffnessTarget(steepness=64).energy(grey, {"C11": C11})) == pytest.approx(0, abs=1e-6)


def test_the_property_is_in_units_of_the_solid() -> None:
    values = Stiffness(poisson=0.2).values(0.5 * FULL, 2 * torch.eye(3)[None])
    assert values["young"][0].tolist() == pytest.approx([0.5] * 3, rel=1e-4)
    assert float(values["bulk"]) == pytest.approx(0.5 / (3 * 0.6), rel=1e-4)
    assert float(values["shear"]) == pytest.approx(0.5 / 2.4, rel=1e-4)


@pytest.mark.parametrize("target", [{}, {"C21": 1.0}, {"c11": 1.0}, {"bulk": 1.0}])
def test_targets_are_checked(target: dict[str, float]) -> None:
    with pytest.raises(ZooError, match="must name components of C11 to C66"):
        StiffnessTarget().energy(FULL, target)
    with pytest.raises(ZooError, match="must name poisson"):
        PoissonsRatio().energy(FULL, target)


def test_arguments_are_checked() -> None:
    for wrong in ({"poisson": 0.5}, {"tolerance": 1e-7}, {"steepness": -1.0}):
        with pytest.raises(ZooError):
            Isotropy(**wrong)
    for wrong_scores in ({"count": 0}, {"tolerance": 1.0}):
        with pytest.raises(ZooError):
            StiffnessScores(**wrong_scores)
