"""Objectives and the property on a full cell, where everything is known."""

from pathlib import Path

import numpy as np
import pytest
import torch

from zoo import ZooError
from zoo_mechanics.components.boundary_match import BoundaryMatch
from zoo_mechanics.components.bulk_to_bound import BulkToBound
from zoo_mechanics.components.isotropy import Isotropy
from zoo_mechanics.components.poissons_ratio import PoissonsRatio
from zoo_mechanics.components.stiffness_evaluator import StiffnessScores, target_error
from zoo_mechanics.components.stiffness_property import Stiffness
from zoo_mechanics.components.stiffness_target import StiffnessTarget
from zoo_mechanics.elasticity.voigt import isotropic

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
    with pytest.raises(ZooError, match="names components of C11 to C66"):
        StiffnessTarget().energy(FULL, target)
    with pytest.raises(ZooError, match="must name poisson"):
        PoissonsRatio().energy(FULL, target)


def test_targets_that_not_even_the_solid_has_are_refused() -> None:
    """The solid has C11 = 1.346 and C44 = 0.3846."""
    with pytest.raises(ZooError, match="C11 = 1.5 is out of reach") as error:
        StiffnessTarget().energy(FULL, {"C11": 1.5, "C44": -0.1, "C12": 0.2})
    assert len(error.value.problems) == 2
    with pytest.raises(ZooError, match="finite components, not C11 = nan"):
        StiffnessTarget().energy(FULL, {"C11": float("nan")})
    for ratio in (0.5, -1.0, float("nan")):
        with pytest.raises(ZooError, match="out of reach; it lies between -1 and 0.5"):
            PoissonsRatio().energy(FULL, {"poisson": ratio})
    with pytest.raises(ZooError, match="stiffness: C44 = 0.4 is out of reach"):
        StiffnessScores(target={"C11": 1.0, "C12": 0.1, "C44": 0.4})


def test_arguments_are_checked() -> None:
    for wrong in ({"poisson": 0.5}, {"tolerance": 1e-7}, {"steepness": -1.0}):
        with pytest.raises(ZooError):
            Isotropy(**wrong)
    for wrong_scores in ({"count": 0}, {"tolerance": 1.0}):
        with pytest.raises(ZooError):
            StiffnessScores(**wrong_scores)


FILE = Path(__file__).parents[1] / "files/cells.npz"


def test_a_cell_beside_itself_lacks_nothing_but_stiffness() -> None:
    cells = torch.from_numpy(np.load(FILE)["structures"]).float()
    first, second = BoundaryMatch(str(FILE), weights=[1, 0]), BoundaryMatch(str(FILE), weights=[0, 2], bulk=0)
    lack = BulkToBound().energy(cells, {})
    gap = sum((cells[0].select(axis, 0) - cells[1].select(axis, 0)).square().sum() for axis in range(3)) / 3
    assert torch.allclose(first.energy(cells, {}), 3 * lack + torch.stack([torch.zeros(()), gap.sqrt()]), atol=1e-4)
    assert torch.allclose(second.energy(cells, {}), 2 * torch.stack([gap.sqrt(), torch.zeros(())]), atol=1e-4)


def test_boundaries_are_checked() -> None:
    with pytest.raises(ZooError, match="3 weights for the 2 cells"):
        BoundaryMatch(str(FILE), weights=[1, 1, 1])
    with pytest.raises(ZooError, match="finite and not negative"):
        BoundaryMatch(str(FILE), weights=[1, -1])
    with pytest.raises(ZooError, match="4 x 4 x 4 and 8 x 8 x 8"):
        BoundaryMatch(str(FILE)).energy(FULL, {})
    with pytest.raises(ZooError, match="nowhere.npz: no such file"):
        BoundaryMatch("nowhere.npz")


def test_an_empty_cell_spoils_no_others() -> None:
    """In a batch with a full one; what is not there has the ratio 0, lacks all of the bound, and is isotropic."""
    cells = torch.cat([0 * FULL, FULL]).requires_grad_()
    known = {PoissonsRatio: [0.01, 0.04], BulkToBound: [1, 0], Isotropy: [0, 0]}
    for objective, energies in known.items():
        found = objective().energy(cells, {"poisson": 0.1} if objective is PoissonsRatio else {})
        assert found.tolist() == pytest.approx(energies, abs=1e-5)
        (slopes,) = torch.autograd.grad(found.sum(), cells)
        assert bool(torch.isfinite(slopes).all())


def test_errors_against_a_target_are_those_of_equation_18() -> None:
    full = isotropic().numpy()
    target = {"C11": full[0, 0] - 0.13308, "C12": full[0, 1], "C44": full[3, 3] + 0.03834}
    assert target_error(full[None], target) == pytest.approx([0.2 / 3], rel=1e-6)
    with pytest.raises(ZooError, match="C11, C12, C44"):
        StiffnessScores(target={"C11": 1.0})
