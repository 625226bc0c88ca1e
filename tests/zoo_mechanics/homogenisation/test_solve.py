"""The stiffness of cells against closed forms and an assembled finite element code."""

import numpy as np
import pytest
import skfem
import torch
from hypothesis import given, settings, strategies as st
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve
from skfem.helpers import ddot, sym_grad
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.elasticity.bounds import attainment
from zoo_mechanics.elasticity.moduli import voigt_average, young
from zoo_mechanics.elasticity.voigt import isotropic, rotate
from zoo_mechanics.homogenisation import solve as homogenisation
from zoo_mechanics.homogenisation.load_cases import NONE, reduction
from zoo_mechanics.homogenisation.solve import Homogenised, homogenise

BASE = isotropic()
SKEWED = torch.tensor([[1.0, 0.1, 0.0], [0.2, 1.2, 0.3], [0.0, -0.1, 0.9]], dtype=torch.float64)
X, Y, Z = torch.meshgrid(*[(torch.arange(16, dtype=torch.float64) + 0.5) / 16] * 3, indexing="ij")


def exactly(density: Tensor, lattice: Tensor | None = None, base: Tensor | None = None) -> Homogenised:
    return homogenise(density.double(), lattice, base=base, tolerance=1e-12)


def gyroid(resolution: int) -> Tensor:
    x, y, z = torch.meshgrid(*[2 * torch.pi * (torch.arange(resolution) + 0.5) / resolution] * 3, indexing="ij")
    return ((x.sin() * y.cos() + y.sin() * z.cos() + z.sin() * x.cos()).abs() < 0.6).float()[None]


def square_truss(resolution: int, width: int) -> Tensor:
    """Struts of square section along the three axes through the middle."""
    middle = torch.zeros(resolution, dtype=torch.bool)
    middle[(resolution - width) // 2 : (resolution + width) // 2] = True
    x, y, z = torch.meshgrid(middle, middle, middle, indexing="ij")
    return (x & y | y & z | x & z).float()[None]


def knot(size: int, seed: int) -> Tensor:
    """A random cell without symmetry that percolates along all axes."""
    cell = torch.rand(1, size, size, size, generator=torch.Generator().manual_seed(seed)) < 0.5
    cell[:, :, 1, 2] = cell[:, 2, :, 0] = cell[:, 0, 1, :] = True
    return cell


def assembled(density: Tensor, lattice: Tensor, base: Tensor) -> np.ndarray:
    """The stiffness of a cell `[X, Y, Z]` by scikit-fem: assembled, with opposite faces tied together, solved
    directly."""
    lines = [np.linspace(0, 1, size + 1) for size in density.shape]
    box = skfem.MeshHex.init_tensor(*lines)
    centres = np.floor(box.p[:, box.t].mean(1) * np.array(density.shape)[:, None]).astype(int)
    weights = density.numpy()[tuple(centres)]
    corners = np.round(box.p * np.array(density.shape)[:, None]).astype(int) % np.array(density.shape)[:, None]
    mesh = skfem.MeshHex(lattice.numpy().T @ box.p, box.t)
    basis = skfem.Basis(mesh, skfem.ElementVector(skfem.ElementHex1()), intorder=3)
    c = _fourth_order(base.numpy())
    values = np.repeat(weights[:, None], basis.X.shape[-1], 1)

    @skfem.BilinearForm
    def energy(u, v, w):
        return w.density * ddot(np.einsum("ijkl,kl...->ij...", c, sym_grad(u)), sym_grad(v))

    stiffness = energy.assemble(basis, density=values)
    node = np.ravel_multi_index(tuple(corners), tuple(density.shape))
    periodic = np.empty(basis.N, dtype=int)
    strained = np.zeros((basis.N, 6))
    for axis in range(3):
        dofs = basis.nodal_dofs[axis]
        periodic[dofs] = 3 * node + axis
        for case, (i, j) in enumerate([(0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1)]):
            strained[dofs, case] += 0.5 * ((axis == i) * mesh.p[j] + (axis == j) * mesh.p[i])
    tie = coo_array((np.ones(basis.N), (np.arange(basis.N), periodic))).tocsr()
    tied = (tie.T @ stiffness @ tie).tocsc()
    free = np.flatnonzero(tied.diagonal() > 0)[3:]
    loads = -(tie.T @ (stiffness @ strained))
    fluctuation = np.zeros_like(loads)
    fluctuation[free] = spsolve(tied[free][:, free], loads[free])
    total = strained + tie @ fluctuation
    return total.T @ (stiffness @ total) / abs(np.linalg.det(lattice.numpy()))


def _fourth_order(voigt: np.ndarray) -> np.ndarray:
    index = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
    return voigt[index[:, :, None, None], index]


def test_a_full_cell_is_its_base() -> None:
    full = torch.ones(1, 3, 4, 5)
    assert torch.allclose(exactly(full, SKEWED).stiffness[0], BASE, rtol=0, atol=1e-10)
    assert torch.allclose(exactly(full * 0.25).stiffness[0], BASE / 4, rtol=0, atol=1e-10)


@pytest.mark.parametrize(("contrast", "tolerance"), [(10.0, 1e-10), (1e6, 1e-8)])
def test_laminates_have_their_closed_form(contrast: float, tolerance: float) -> None:
    """Milton 2002, chapter 9: stresses across the layers and strains along them are those of every layer."""
    cell = torch.ones(1, 8, 3, 4, dtype=torch.float64)
    cell[:, :3] = 1 / contrast
    share = torch.tensor([3 / 8, 5 / 8], dtype=torch.float64)
    stiff = torch.tensor([1 / contrast, 1.0], dtype=torch.float64)
    c11, c12, c44 = (BASE[i, j] * stiff for i, j in ((0, 0), (0, 1), (3, 3)))

    def mean(values: Tensor) -> Tensor:
        return (share * values).sum()

    across = 1 / mean(1 / c11)
    rest = mean(c12 / c11) ** 2 * across
    expected = torch.zeros(6, 6, dtype=torch.float64)
    expected[0, 0] = across
    expected[0, 1:3] = expected[1:3, 0] = mean(c12 / c11) * across
    expected[1, 1] = expected[2, 2] = mean(c11 - c12**2 / c11) + rest
    expected[1, 2] = expected[2, 1] = mean(c12 - c12**2 / c11) + rest
    expected[3, 3] = mean(c44)
    expected[4, 4] = expected[5, 5] = 1 / mean(1 / c44)
    found = exactly(cell).stiffness[0]
    assert torch.allclose(found, expected, rtol=tolerance, atol=tolerance * 1e-3 * float(expected.max()))


def test_a_few_holes_soften_as_in_an_infinite_body() -> None:
    """A spherical hole of share c: K / K0 = 1 - c (3 K0 + 4 G0) / (4 G0) to first order (Eshelby 1957)."""
    x, y, z = torch.meshgrid(*[(torch.arange(32) + 0.5) / 32 - 0.5] * 3, indexing="ij")
    cell = (x**2 + y**2 + z**2 > 0.15**2).double()[None]
    bulk, shear = voigt_average(BASE)
    share = 1 - cell.mean()
    found = homogenise(cell, tolerance=1e-6)
    dilute = 1 - share * (3 * bulk + 4 * shear) / (4 * shear)
    assert voigt_average(found.stiffness[0]).bulk / bulk == pytest.approx(float(dilute), abs=5e-4)
    assert attainment(found.stiffness, cell.flatten(1).mean(1), BASE).bulk < 1


@pytest.mark.parametrize(("resolution", "width"), [(16, 4), (32, 2)])
def test_a_truss_along_the_axes_is_between_its_struts_and_struts_with_rigid_joints(resolution: int, width: int) -> None:
    """A strut of width w alone gives E = w^2; joints that do not give leave 1 - w of its length to stretch."""
    found = homogenise(square_truss(resolution, width), tolerance=1e-5)
    w = width / resolution
    assert w**2 < young(found.stiffness[0], torch.eye(3))[0] < w**2 / (1 - w)


@pytest.mark.parametrize("kind", ["grey", "solid and void"])
def test_an_assembled_code_agrees_on_any_lattice_and_base(kind: str) -> None:
    cell = torch.rand(4, 5, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    if kind != "grey":
        cell = knot(5, 3)[0].double()
    factor = torch.rand(6, 6, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    base = BASE + 0.05 * factor @ factor.T
    found = exactly(cell[None], SKEWED, base).stiffness[0].numpy()
    assert np.abs(found - assembled(cell, SKEWED, base)).max() < 1e-8 * np.abs(found).max()


@given(st.integers(0, 1000))
@settings(max_examples=8)
def test_a_turned_crystal_has_a_turned_stiffness(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    turn = torch.linalg.qr(torch.randn(3, 3, generator=generator, dtype=torch.float64))[0]
    cell = torch.rand(1, 4, 3, 5, generator=generator)
    one, other = exactly(cell, SKEWED).stiffness, exactly(cell, SKEWED @ turn.T).stiffness
    assert torch.allclose(rotate(one, turn), other, rtol=0, atol=1e-10)


@pytest.mark.parametrize("turned", [(1, 2, 0), (0, 2, 1)])
def test_symmetric_cells_spare_cases_and_lose_nothing(turned: tuple[int, int, int]) -> None:
    """The same cell on a lattice that is almost a cube has no symmetry to be used."""
    cell = gyroid(12) if turned == (1, 2, 0) else square_truss(12, 4)
    almost = torch.eye(3) + torch.diag(torch.tensor([1e-6, 0, -1e-6]))
    quick, slow = exactly(cell), exactly(cell, almost)
    assert torch.allclose(quick.stiffness, slow.stiffness, rtol=1e-4, atol=1e-7)
    assert quick.stiffness[0, 0, 0] == pytest.approx(float(quick.stiffness[0, 1, 1]), rel=1e-12)


@pytest.mark.parametrize(("axes", "mirrored", "shift"), [((0, 2, 1, 3), [], (0, 0, 4)), ((0, 3, 2, 1), [1], (3, 2, 0))])
def test_glide_planes_and_screw_axes_spare_cases(
    axes: tuple[int, ...], mirrored: list[int], shift: tuple[int, ...]
) -> None:
    """A glide by half of z, and a screw of order 4 along y, off the cell's centre. A random cell, and all that the
    operation makes of it, on a lattice that is almost a cube and on one that is."""
    cell = image = knot(8, 3).float() * (torch.rand(8, 8, 8, generator=torch.Generator().manual_seed(0)) < 0.5)
    for _ in range(3):
        image = image.permute(axes).flip(mirrored).roll(shift, (1, 2, 3))
        cell = torch.maximum(cell, image)
    almost = torch.eye(3) + torch.diag(torch.tensor([1e-6, 0, -1e-6]))
    assert len(reduction(cell[0], torch.eye(3), isotropic()).cases) == 4
    assert reduction(cell[0], almost, isotropic()) == NONE
    assert torch.allclose(exactly(cell).stiffness, exactly(cell, almost).stiffness, rtol=1e-4, atol=1e-7)


def test_cells_do_not_disturb_each_other() -> None:
    cells = torch.cat([gyroid(12), square_truss(12, 4), torch.zeros(1, 12, 12, 12), knot(12, 5).float()])
    together = homogenise(cells)
    for row in range(4):
        assert torch.equal(together.stiffness[row], homogenise(cells[row : row + 1]).stiffness[0])
    assert together.stiffness[2].abs().max() == 0 and together.singular.tolist() == [False, False, True, False]


@pytest.mark.parametrize(("tolerance", "dtype"), [(1e-2, "float32"), (1e-3, "float32"), (1e-7, "float64")])
@pytest.mark.parametrize("cell", [gyroid(16), square_truss(16, 2), knot(9, 0)], ids=["gyroid", "truss", "knot"])
def test_the_reached_error_is_what_was_asked_for_and_said(cell: Tensor, tolerance: float, dtype: str) -> None:
    found, truth = homogenise(cell.to(getattr(torch, dtype)), tolerance=tolerance), exactly(cell).stiffness[0]
    own = truth.diagonal()
    error = ((found.stiffness[0].double() - truth).abs() / (own[:, None] * own).sqrt()).max()
    assert error <= tolerance and error <= 1.2 * found.error[0]
    assert found.error[0] <= tolerance + (1e-5 if dtype == "float32" else 0)


def test_cells_that_are_solved_together_are_as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a GPU does it: cells of one symmetry share a solution, a coarse space included where one of them is slow."""
    x, y, z = torch.meshgrid(*[torch.arange(12)] * 3, indexing="ij")
    zigzag = (y // 2 == (x // 4) % 2) & (z < 2) | (x % 4 < 2) & (y < 4) & (z < 2)
    slender = zigzag | zigzag.permute(1, 2, 0) | zigzag.permute(2, 1, 0)
    stout = slender | (x > 6) & (y < 3) & (z < 5)
    cells = torch.stack([slender.double(), stout.double(), 0.5 * stout.flip(0).double()])
    alone = homogenise(cells)
    monkeypatch.setitem(homogenisation.VOXELS_AT_A_TIME, "cpu", 2**20)
    together = homogenise(cells)
    assert torch.allclose(together.stiffness, alone.stiffness, rtol=0, atol=1e-3 * float(alone.stiffness.max()))
    assert (together.error <= 1e-3).all() and alone.iterations.max() > 20


def test_derivatives_are_those_of_finite_differences() -> None:
    generator = torch.Generator().manual_seed(0)
    density = torch.rand(2, 4, 3, 5, generator=generator, dtype=torch.float64)
    density[0, 0] = 0
    weights = torch.rand(2, 6, 6, generator=generator, dtype=torch.float64)
    density.requires_grad_()
    (exactly_stiff(density) * weights).sum().backward()
    slope = density.grad
    assert slope is not None
    for place in [(0, 1, 2, 3), (0, 3, 0, 4), (1, 0, 0, 0), (1, 2, 1, 2)]:
        step = torch.zeros_like(density)
        step[place] = 1e-4
        change = exactly_stiff(density.detach() + step) - exactly_stiff(density.detach() - step)
        assert slope[place].item() == pytest.approx(float((change * weights).sum() / 2e-4), rel=1e-6)


def exactly_stiff(density: Tensor) -> Tensor:
    return homogenise(density, SKEWED, tolerance=1e-13).stiffness


def test_void_next_to_solid_has_a_one_sided_slope_and_other_void_none() -> None:
    cell = square_truss(8, 4).double().requires_grad_()
    homogenise(cell, tolerance=1e-10).stiffness.diagonal(dim1=1, dim2=2).sum().backward()
    slope = cell.grad
    assert slope is not None
    assert slope[0, 0, 0, 0] == 0
    assert (slope[cell > 0] > 0).all()


def test_rods_carry_load_along_themselves_only() -> None:
    rods = torch.zeros(1, 8, 6, 6)
    rods[:, :, 2:4, 2:4] = 1
    found = homogenise(rods)
    expected = torch.zeros(6, 6)
    expected[0, 0] = 4 / 36
    assert torch.allclose(found.stiffness[0], expected, atol=1e-6)
    assert found.singular[0] and found.floating[0] == 0


def test_what_floats_is_left_out_and_said() -> None:
    truss = square_truss(12, 2)
    crumbs = truss.clone()
    crumbs[0, 0:2, 0:2, 0:2] = 1
    found = homogenise(crumbs)
    assert torch.equal(found.stiffness, homogenise(truss).stiffness)
    assert found.floating[0] == pytest.approx(8 / float(crumbs.sum()))
    ball = homogenise(crumbs - truss)
    assert ball.floating[0] == 1 and ball.singular[0] and ball.stiffness.abs().max() == 0


def test_what_hangs_on_edges_is_said() -> None:
    checkered = torch.zeros(1, 8, 8, 8)
    checkered[:, :4, :4], checkered[:, 4:, 4:] = 1, 1
    found = homogenise(checkered)
    assert found.hinged[0] == 0.5 and found.floating[0] == 0
    assert found.stiffness[0, 0, 0] > 0.1
    assert homogenise(square_truss(8, 4)).hinged[0] == 0


def test_sheets_are_in_plane_stress() -> None:
    sheets = torch.zeros(1, 6, 4, 5)
    sheets[:, :2] = 1
    found = exactly(sheets)
    expected = torch.zeros(6, 6, dtype=torch.float64)
    expected[1, 1] = expected[2, 2] = 1 / (1 - 0.3**2) / 3
    expected[1, 2] = expected[2, 1] = 0.3 * expected[1, 1]
    expected[3, 3] = 1 / 2.6 / 3
    assert torch.allclose(found.stiffness[0], expected, atol=1e-6)
    assert found.singular[0]


GOOD = torch.ones(1, 4, 4, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"density": GOOD[0]}, r"cells of shape \[4, 4, 4\]: expected \[cells, X, Y, Z\]"),
        ({"density": GOOD * torch.nan}, "the densities hold NaN"),
        ({"density": GOOD * -1}, "a density is negative: -1"),
        ({"density": GOOD, "lattice": torch.ones(3, 3)}, "the lattice of cell 0 is singular"),
        ({"density": GOOD, "lattice": torch.eye(2)}, r"a lattice of shape \[2, 2\]"),
        ({"density": GOOD, "base": -BASE}, "the base stiffness must be symmetric and positive definite"),
        ({"density": GOOD, "tolerance": 1e-6}, "wants densities in 64 bits"),
        ({"density": GOOD, "tolerance": 0.0}, "tolerance 0 must lie between 0 and 1"),
    ],
)
def test_mistakes_are_named(arguments: dict, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        homogenise(**arguments)


@pytest.mark.parametrize("poisson", [0.5, -1.0, float("nan")])
def test_a_base_without_a_stiffness_is_refused(poisson: float) -> None:
    with pytest.raises(ZooError, match="Poisson's ratio .* must lie between -1 and 0.5"):
        isotropic(1.0, poisson)
