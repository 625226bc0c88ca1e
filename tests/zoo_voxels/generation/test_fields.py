"""The named surfaces have the symmetries and the topology of the minimal surfaces they stand for."""

import numpy as np
import pytest

from zoo_voxels.generation.fields import (
    MINIMAL_SURFACES,
    basis,
    cyclic,
    evaluate,
    mirrored,
    normalise,
    permuted,
    random_field,
)

D = 48
X, Y, Z = np.meshgrid(*[2 * np.pi * (np.arange(D) + 0.5) / D] * 3, indexing="ij")
VALUES = {name: evaluate(field, basis(D)) for name, field in MINIMAL_SURFACES.items()}
HALF = D // 2

FORMULAS = {
    "gyroid": np.sin(X) * np.cos(Y) + np.sin(Y) * np.cos(Z) + np.sin(Z) * np.cos(X),
    "primitive": np.cos(X) + np.cos(Y) + np.cos(Z),
    "diamond": np.sin(X) * np.sin(Y) * np.sin(Z)
    + np.sin(X) * np.cos(Y) * np.cos(Z)
    + np.cos(X) * np.sin(Y) * np.cos(Z)
    + np.cos(X) * np.cos(Y) * np.sin(Z),
    "i-wp": 2 * (np.cos(X) * np.cos(Y) + np.cos(Y) * np.cos(Z) + np.cos(Z) * np.cos(X))
    - (np.cos(2 * X) + np.cos(2 * Y) + np.cos(2 * Z)),
    "neovius": 3 * (np.cos(X) + np.cos(Y) + np.cos(Z)) + 4 * np.cos(X) * np.cos(Y) * np.cos(Z),
    "f-rd": 4 * np.cos(X) * np.cos(Y) * np.cos(Z)
    - (np.cos(2 * X) * np.cos(2 * Y) + np.cos(2 * Y) * np.cos(2 * Z) + np.cos(2 * Z) * np.cos(2 * X)),
    "fischer-koch-s": np.cos(2 * X) * np.sin(Y) * np.cos(Z)
    + np.cos(X) * np.cos(2 * Y) * np.sin(Z)
    + np.sin(X) * np.cos(Y) * np.cos(2 * Z),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_fields_are_the_published_formulas(name: str) -> None:
    np.testing.assert_allclose(VALUES[name], FORMULAS[name], atol=1e-12)


@pytest.mark.parametrize("name", ["gyroid", "primitive", "diamond", "neovius", "fischer-koch-s"])
def test_balanced_surfaces_halve_space(name: str) -> None:
    assert (VALUES[name] > 0).mean() == pytest.approx(0.5, abs=2e-3)


def test_i_wp_parts_space_as_the_minimal_surface_does() -> None:
    """Schoen's I-WP leaves 53.3 % of space on the side of the wrapped package (Anderson et al. 1990); its nodal
    approximation comes within a percent."""
    assert max((VALUES["i-wp"] > 0).mean(), (VALUES["i-wp"] < 0).mean()) == pytest.approx(0.533, abs=0.012)


@pytest.mark.parametrize("name", ["primitive", "diamond", "neovius"])
def test_a_body_diagonal_shift_swaps_the_sides(name: str) -> None:
    np.testing.assert_allclose(np.roll(VALUES[name], (HALF,) * 3, (0, 1, 2)), -VALUES[name], atol=1e-12)


@pytest.mark.parametrize("name", ["gyroid", "i-wp"])
def test_body_centred_surfaces(name: str) -> None:
    np.testing.assert_allclose(np.roll(VALUES[name], (HALF,) * 3, (0, 1, 2)), VALUES[name], atol=1e-12)


@pytest.mark.parametrize("name", ["diamond", "f-rd"])
def test_face_centred_surfaces(name: str) -> None:
    np.testing.assert_allclose(np.roll(VALUES[name], (HALF, HALF), (0, 1)), VALUES[name], atol=1e-12)


def test_point_reflection_swaps_the_sides_of_the_gyroid() -> None:
    np.testing.assert_allclose(VALUES["gyroid"][::-1, ::-1, ::-1], -VALUES["gyroid"], atol=1e-12)


@pytest.mark.parametrize(
    ("name", "characteristic"),
    [("primitive", -4), ("gyroid", -8), ("diamond", -16), ("i-wp", -12), ("neovius", -16), ("f-rd", -40)],
)
def test_genus(name: str, characteristic: int) -> None:
    """Euler characteristic per cubic cell, from the genus per primitive cell (Schoen 1970): P, G, D have 3, in 1, 2
    and 4 primitive cells; I-WP has 4 in 2; Neovius 9 in 1; F-RD 6 in 4. A thin wall has that of its surface."""
    assert euler_characteristic(abs(VALUES[name]) < 0.6) == characteristic


def euler_characteristic(solid: np.ndarray) -> int:
    """Corners - edges + faces - cubes of the periodic union of closed voxels."""
    total = 0
    for axes in [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]:
        touched = solid
        for axis in axes:
            touched = touched | np.roll(touched, 1, axis)
        total += (-1) ** (3 - len(axes)) * int(touched.sum())
    return total


def test_normalise_gives_zero_mean_and_unit_variance() -> None:
    values = evaluate(normalise(random_field(np.random.default_rng(0)) + 1.0), basis(20))
    assert values.mean() == pytest.approx(0, abs=1e-12)
    assert values.std() == pytest.approx(1, abs=1e-12)


def test_symmetric_parts_are_symmetric() -> None:
    field = random_field(np.random.default_rng(1))
    cubic, orthotropic, turned = (
        evaluate(part, basis(10)) for part in (permuted(mirrored(field)), mirrored(field), cyclic(field))
    )
    for axis in range(3):
        np.testing.assert_allclose(np.flip(orthotropic, axis), orthotropic, atol=1e-12)
        np.testing.assert_allclose(np.flip(cubic, axis), cubic, atol=1e-12)
    np.testing.assert_allclose(cubic.transpose(1, 0, 2), cubic, atol=1e-12)
    np.testing.assert_allclose(cubic.transpose(1, 2, 0), cubic, atol=1e-12)
    np.testing.assert_allclose(turned.transpose(1, 2, 0), turned, atol=1e-12)
