"""Constants of known crystals, and notations against tensors of fourth order."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor

from zoo_mechanics.elasticity.bounds import attainment, hashin_shtrikman_bound
from zoo_mechanics.elasticity.moduli import (
    compliance,
    poisson,
    reuss_average,
    shear,
    universal_anisotropy,
    voigt_average,
    young,
    zener,
)
from zoo_mechanics.elasticity.voigt import from_mandel, isotropic, mandel_rotation, rotate, to_mandel

INDEX = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])


def cubic(c11: float, c12: float, c44: float) -> Tensor:
    stiffness = torch.diag(torch.tensor([c11 - c12] * 3 + [c44] * 3, dtype=torch.float64))
    stiffness[:3, :3] += c12
    return stiffness


COPPER = cubic(168.4, 121.4, 75.4)


def unit(*vector: float) -> Tensor:
    return torch.nn.functional.normalize(torch.tensor([vector], dtype=torch.float64))


def random_stiffness(seed: int) -> Tensor:
    factor = torch.randn(6, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return factor @ factor.T + torch.eye(6)


def random_rotation(seed: int) -> Tensor:
    return torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))[0]


def test_copper() -> None:
    """Young's moduli of 66.7, 130 and 191 GPa along <100>, <110> and <111>, Zener's ratio 3.21, as handbooks have
    it."""
    moduli = [float(young(COPPER, unit(*axis))) for axis in ((1, 0, 0), (1, 1, 0), (1, 1, 1))]
    assert moduli == pytest.approx([66.7, 130.3, 191.1], abs=0.2)
    assert float(zener(COPPER)) == pytest.approx(3.21, abs=0.005)
    assert float(shear(COPPER, unit(1, 0, 0), unit(0, 1, 0))) == pytest.approx(75.4)
    assert float(shear(COPPER, unit(1, 1, 0), unit(1, -1, 0))) == pytest.approx((168.4 - 121.4) / 2)
    assert float(voigt_average(COPPER).bulk) == pytest.approx((168.4 + 2 * 121.4) / 3)
    assert float(reuss_average(COPPER).bulk) == pytest.approx((168.4 + 2 * 121.4) / 3)


def test_an_isotropic_solid_is_isotropic() -> None:
    solid = isotropic(2.0, 0.3)
    assert float(young(solid, unit(1, 2, -3))) == pytest.approx(2.0)
    assert float(poisson(solid, unit(1, 1, 0), unit(0, 0, 1))) == pytest.approx(0.3)
    assert float(shear(solid, unit(1, 1, 1), unit(1, -1, 0))) == pytest.approx(2.0 / 2.6)
    assert float(zener(solid)) == pytest.approx(1) and float(universal_anisotropy(solid)) == pytest.approx(0, abs=1e-9)
    for average in (voigt_average(solid), reuss_average(solid)):
        assert [float(value) for value in average] == pytest.approx([2 / 1.2, 2 / 2.6])


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_rotations_are_those_of_tensors_of_fourth_order(seed: int) -> None:
    stiffness, turn = random_stiffness(seed), random_rotation(seed)
    tensor, r = stiffness.numpy()[INDEX[:, :, None, None], INDEX], turn.numpy()
    turned = np.einsum("ia,jb,kc,ld,abcd->ijkl", r, r, r, r, tensor)
    assert np.allclose(turned, rotate(stiffness, turn).numpy()[INDEX[:, :, None, None], INDEX])
    assert torch.allclose(mandel_rotation(turn) @ mandel_rotation(turn).T, torch.eye(6, dtype=torch.float64))


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_moduli_in_a_direction_are_those_of_the_turned_tensor(seed: int) -> None:
    stiffness, turn = random_stiffness(seed), random_rotation(seed)
    x, y = turn.T[:1], turn.T[1:2]
    s = torch.linalg.inv(rotate(stiffness, turn.T))
    assert float(young(stiffness, x)) == pytest.approx(float(1 / s[0, 0]))
    assert float(poisson(stiffness, x, y)) == pytest.approx(float(-s[1, 0] / s[0, 0]))
    assert float(shear(stiffness, x, y)) == pytest.approx(float(1 / s[5, 5]))
    assert torch.allclose(compliance(stiffness), torch.linalg.inv(stiffness))
    assert torch.allclose(from_mandel(to_mandel(stiffness)), stiffness)


def test_a_singular_tensor_has_moduli_of_nothing_where_it_is_singular() -> None:
    rods = torch.zeros(6, 6)
    rods[0, 0] = 0.1
    found = young(rods, torch.eye(3))
    assert float(found[0]) == pytest.approx(0.1) and float(found[1:].abs().max()) < 1e-9
    assert float(reuss_average(rods).bulk) < 1e-9


def test_the_bounds_are_hashin_and_shtrikmans() -> None:
    """The bounds as Hashin and Shtrikman (1963) write them, for any second phase, here void."""
    base = isotropic()
    bulk, rigid = 1 / 1.2, 1 / 2.6
    for fraction in (0.1, 0.5, 0.9):
        void = 1 - fraction
        hollow = bulk - void / (1 / bulk - 3 * fraction / (3 * bulk + 4 * rigid))
        assert float(hashin_shtrikman_bound(torch.tensor(fraction), base).bulk) == pytest.approx(hollow, rel=1e-6)
        inverse = 6 * (bulk + 2 * rigid) * fraction / (5 * rigid * (3 * bulk + 4 * rigid))
        shearing = rigid - void / (1 / rigid - inverse)
        assert float(hashin_shtrikman_bound(torch.tensor(fraction), base).shear) == pytest.approx(shearing, rel=1e-6)


@given(st.floats(0.01, 1.0))
def test_bounds_are_in_order_and_meet_at_the_solid(fraction: float) -> None:
    """They lie below Voigt's, the solid's moduli times its share: all strains alike."""
    base, share = isotropic(), torch.tensor([fraction], dtype=torch.float64)
    for best, solid in zip(hashin_shtrikman_bound(share, base), voigt_average(base), strict=True):
        assert 0 < float(best) <= fraction * float(solid) * (1 + 1e-12)
    for value in attainment(base[None], torch.ones(1), base):
        assert float(value) == pytest.approx(1)
