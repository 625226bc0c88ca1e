"""Asymmetric units against orbits that are walked place by place, and against solutions of whole cells."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor

from zoo_mechanics.elasticity.voigt import PAIRS, isotropic
from zoo_mechanics.homogenisation import conjugate_gradients, solve as homogenisation
from zoo_mechanics.homogenisation.asymmetric_unit import SIGNS, Generator, generators, orbits
from zoo_mechanics.homogenisation.solve import Memory, homogenise

CUBE = torch.eye(3, dtype=torch.float64)
BOX = torch.diag(torch.tensor([1.0, 1.3, 0.8], dtype=torch.float64))
SKEWED = torch.tensor([[1.0, 0.1, 0.0], [0.2, 1.2, 0.3], [0.0, -0.1, 0.9]], dtype=torch.float64)
INVERSION, MIRROR, GLIDE, SCREW, CENTRING = (
    (7, (2, 0, 4)),
    (1, (4, 0, 0)),
    (2, (4, 2, 0)),
    (3, (0, 2, 4)),
    (0, (4, 4, 4)),
)
"""Flipped axes as bits, and shifts in voxels, on a grid of 8^3."""


def moved(cell: np.ndarray, flips: int, shift: tuple[int, int, int]) -> np.ndarray:
    return np.roll(np.flip(cell, [axis for axis in range(3) if flips >> axis & 1]), shift, (0, 1, 2))


def symmetric(shape: tuple[int, int, int], operations: list, seed: int) -> np.ndarray:
    """A random cell that percolates, together with its images."""
    cell = np.random.default_rng(seed).random(shape) < 0.35
    cell[:, 1, 2] = cell[2, :, 0] = cell[0, 1, :] = True
    return with_images(cell, operations)


def with_images(values: np.ndarray, operations: list) -> np.ndarray:
    """The largest value of each place's images."""
    before = None
    while before is None or (before != values).any():
        before = values
        for flips, shift in operations:
            values = np.maximum(values, moved(values, flips, shift))
    return values


def places_of(index: np.ndarray, group: tuple[Generator, ...], back: int) -> list[set[int]]:
    """The orbits of the places numbered in a box, by walking."""
    maps = []
    for one in group:
        lines = []
        for axis, size in enumerate(index.shape):
            place = np.arange(size)
            flipped = one.flips >> axis & 1
            lines.append((one.shift[axis] - back - place if flipped else place + one.shift[axis]) % size)
        maps.append(index[np.ix_(*lines)].ravel())
    found: dict[int, set[int]] = {}
    for place in index.ravel().tolist():
        if place not in found:
            orbit, fresh = {place}, {place}
            while fresh:
                fresh = {int(way[one]) for way in maps for one in fresh} - orbit
                orbit |= fresh
            found.update(dict.fromkeys(orbit, orbit))
    return [found[place] for place in index.ravel().tolist()]


even = st.integers(0, 3).map(lambda half: 2 * half)
operation = st.tuples(st.integers(0, 7), st.tuples(even, even, even))


@given(st.lists(operation, max_size=3), st.integers(0, 100), st.sampled_from([(8, 8, 8), (6, 8, 4), (8, 3, 4)]))
@settings(max_examples=25, deadline=None)
def test_orbits_are_those_of_a_walk(operations: list, seed: int, shape: tuple[int, int, int]) -> None:
    cell = symmetric(shape, operations, seed)
    group = generators(torch.from_numpy(cell).float(), CUBE, isotropic())
    for one in group:
        assert (moved(cell, one.flips, one.shift) == cell).all()
    index = np.arange(cell.size).reshape(shape)
    for of, back in (("nodes", 0), ("voxels", 1)):
        found = orbits([group], shape, of, torch.device("cpu"))  # type: ignore[arg-type]
        walked = places_of(index, group, back)
        assert [min(orbit) for orbit in walked] == found.first.tolist()
        assert [len(orbit) for orbit in walked] == found.sizes(torch.arange(cell.size)).tolist()


@pytest.mark.parametrize("operations", [[INVERSION], [MIRROR], [GLIDE], [SCREW], [CENTRING], [MIRROR, CENTRING, SCREW]])
def test_planted_symmetries_are_found(operations: list) -> None:
    group = generators(torch.from_numpy(symmetric((8, 8, 8), operations, 3)).float(), CUBE, isotropic())
    assert {flips for flips, _ in operations} <= products([one.flips for one in group])
    assert np.prod([one.index for one in group]) >= 2 ** len(operations)


def products(flips: list[int]) -> set[int]:
    found = {0}
    for one in flips:
        found |= {one ^ other for other in found}
    return found


def test_random_cells_and_skewed_lattices_have_none() -> None:
    cell = torch.from_numpy(np.random.default_rng(0).random((8, 8, 8)) < 0.5).float()
    assert not generators(cell, CUBE, isotropic())
    mirrored = torch.from_numpy(symmetric((8, 8, 8), [MIRROR], 0)).float()
    assert generators(mirrored, BOX, isotropic()) and not generators(mirrored, SKEWED, isotropic())


def test_a_base_that_a_mirror_changes_has_no_mirror() -> None:
    base = isotropic()
    base[0, 3] = base[3, 0] = base[0, 5] = base[5, 0] = 0.05
    cell = torch.from_numpy(symmetric((8, 8, 8), [MIRROR, INVERSION], 0)).float()
    assert products([one.flips for one in generators(cell, CUBE, base)]) == {0, 7}


def test_signs_are_those_of_turned_strains() -> None:
    """u_E(T x) = T u_{T E T}(x), and T E T is plus or minus E."""
    for flips, (case, (i, j)) in itertools.product(range(8), enumerate(PAIRS)):
        turn = np.diag([-1.0 if flips >> axis & 1 else 1.0 for axis in range(3)])
        strain = np.zeros((3, 3))
        strain[i, j] = strain[j, i] = 1
        sign = (turn @ strain @ turn)[i, j]
        assert np.array_equal(np.diag(turn) * sign, SIGNS[flips, :, case].numpy())


CELLS = [
    ([INVERSION], SKEWED),
    ([CENTRING], SKEWED),
    ([MIRROR], BOX),
    ([GLIDE], CUBE),
    ([SCREW], BOX),
    ([MIRROR, GLIDE], CUBE),
    ([MIRROR, INVERSION, CENTRING], CUBE),
]


def solved(cells: Tensor, lattice: Tensor, weights: Tensor, memory: Memory | None = None) -> tuple[Tensor, Tensor]:
    """Stiffnesses, and the slopes of a weighted sum of them."""
    density = cells.clone().requires_grad_()
    found = homogenise(density, lattice, tolerance=1e-8, memory=memory)
    (found.stiffness * weights).sum().backward()
    assert density.grad is not None
    return found.stiffness.detach(), density.grad


@pytest.mark.parametrize("patience", [80, 0], ids=["two grids", "rigid bodies"])
@pytest.mark.parametrize(("operations", "lattice"), CELLS)
def test_the_unit_tells_all_about_the_cell(
    monkeypatch: pytest.MonkeyPatch, operations: list, lattice: Tensor, patience: int
) -> None:
    monkeypatch.setattr(conjugate_gradients, "PATIENCE", patience)
    solid = symmetric((8, 8, 8), operations, 1)
    grey = with_images(np.random.default_rng(2).random(solid.shape), operations)
    density = torch.from_numpy(solid * grey)[None]
    weights = torch.rand(1, 6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    stiffness, slopes = solved(density, lattice, weights)
    monkeypatch.setattr(homogenisation, "generators", lambda *_: ())
    expected, expected_slopes = solved(density, lattice, weights)
    assert torch.allclose(stiffness, expected, rtol=0, atol=1e-7 * float(expected.abs().max()))
    gap = (slopes - expected_slopes)[density > 0].abs().max()
    assert float(gap) < 1e-3 * float(expected_slopes.abs().max())


def test_cells_of_several_symmetries_are_solved_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(homogenisation.VOXELS_AT_A_TIME, "cpu", 2**20)
    plans = ([INVERSION], [], [MIRROR, CENTRING], [SCREW])
    cells = torch.stack([torch.from_numpy(symmetric((8, 8, 8), plan, 5)) for plan in plans]).double()
    together = homogenise(cells, BOX, tolerance=1e-8).stiffness
    monkeypatch.setattr(homogenisation, "generators", lambda *_: ())
    assert torch.allclose(together, homogenise(cells, BOX, tolerance=1e-8).stiffness, rtol=0, atol=1e-7)


def test_a_solution_is_where_the_next_one_starts() -> None:
    cells = torch.from_numpy(symmetric((8, 8, 8), [MIRROR, GLIDE], 2))[None].double()
    memory, weights = Memory(), torch.ones(1, 6, 6, dtype=torch.float64)
    first, _ = solved(cells, CUBE, weights, memory)
    again = homogenise(cells, CUBE, tolerance=1e-10, memory=memory)
    assert torch.allclose(first, again.stiffness, rtol=1e-9)
    assert int(again.iterations[0]) < 10
