"""The slit sheet: against finite elements with split nodes, the dilute limit, and what symmetry says."""

import math

import numpy as np
import pytest
import torch
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from zoo import ZooError
from zoo_kirigami.cuts.geometry import base_angles
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.sheets.slit_sheet import SlitSheet, slit_sheet

STEPS = {0: (0, 2), 45: (1, 1), 90: (2, 0), 135: (1, -1)}
"""Angle -> an edge of the mesh along a cut, in half squares."""


def split_mesh(angles: np.ndarray, length: float, squares: int) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [T, 3, 2] in half squares, `squares` of them a unit, each square crossed by both diagonals, and the
    number of the node at each corner [T, 3]. Triangles share nodes where they share an edge that is not slit."""
    side = 2 * len(angles) * squares
    corner = np.array([(0, 0), (2, 0), (2, 2), (0, 2)])
    first = 2 * np.stack(np.meshgrid(*2 * [np.arange(side // 2)], indexing="ij"), -1).reshape(-1, 1, 2)
    fans = [np.stack([corner[k], corner[(k + 1) % 4], (1, 1)]) for k in range(4)]
    triangles = np.concatenate([first + fan for fan in fans])
    slit = set()
    for row, column in np.ndindex(angles.shape):
        step = np.array(STEPS[int(angles[row, column]) % 180])
        count = round(length * squares / np.hypot(*step))
        for edge in range(-count, count):
            middle = 4 * squares * np.array([column, -row]) + (2 * edge + 1) * step
            slit.add(tuple(middle % (2 * side)))
    sides = [(triangles[:, k] + triangles[:, (k + 1) % 3]) % (2 * side) for k in range(3)]
    edges = np.concatenate([np.column_stack([s, np.arange(len(s)), np.full(len(s), k)]) for k, s in enumerate(sides)])
    pairs = edges[np.lexsort(edges[:, 1::-1].T)].reshape(-1, 2, 4)
    is_slit = np.array([tuple(pair) in slit for pair in pairs[:, 0, :2]])
    assert is_slit.sum() == len(slit)
    (one, k), (other, m) = pairs[~is_slit, :, 2:].transpose(1, 2, 0)
    joined = []
    for end in (0, 1):
        here = (k + end) % 3
        same = (triangles[other, m] % side == triangles[one, here] % side).all(1)
        joined.append((3 * one + here, 3 * other + np.where(same, m, (m + 1) % 3)))
    rows, columns = np.concatenate(joined, 1)
    graph = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=2 * [triangles.size // 2])
    return triangles, connected_components(graph, directed=False)[1].reshape(-1, 3)


def finite_elements(angles: np.ndarray, length: float, squares: int, nu: float) -> tuple[np.ndarray, np.ndarray]:
    """Compliance [3, 3] of the periodic sheet, and how far the middle of each cut opens [n, n, 3] under unit stresses,
    from linear triangles that scikit-fem assembles. Lengths are rounded to edges of the mesh."""
    skfem = pytest.importorskip("skfem")
    from skfem.helpers import ddot, eye, sym_grad, trace

    triangles, nodes = split_mesh(angles, length, squares)
    places = np.ascontiguousarray(triangles.reshape(-1, 2).T / (2 * squares))
    mesh = skfem.MeshTri(places, np.ascontiguousarray(np.arange(places.shape[1]).reshape(-1, 3).T))
    basis = skfem.Basis(mesh, skfem.ElementVector(skfem.ElementTriP1()), intorder=1)

    @skfem.BilinearForm
    def energy(u, v, w):
        strain = sym_grad(u)
        stress = nu / (1 - nu**2) * eye(trace(strain), 2) + strain / (1 + nu)
        return ddot(stress, sym_grad(v))

    apart = energy.assemble(basis)
    known = (2 * nodes.reshape(-1, 1) + [0, 1]).ravel()
    joint = sparse.csr_matrix((np.ones(len(known)), (basis.nodal_dofs.T.ravel(), known)))
    x, y = places
    mean = np.zeros((apart.shape[0], 3))
    mean[basis.nodal_dofs[0]] = np.column_stack([x, 0 * x, y / 2])
    mean[basis.nodal_dofs[1]] = np.column_stack([0 * x, y, x / 2])
    stiffness = (joint.T @ apart @ joint).tocsc()[2:, 2:]
    moved = np.zeros((joint.shape[1], 3))
    moved[2:] = splu(stiffness).solve(-(joint.T @ (apart @ mean))[2:])
    around = joint @ moved
    field = mean + around
    compliance = np.linalg.inv(field.T @ (apart @ field) / angles.size)
    moves = (around @ compliance)[basis.nodal_dofs].transpose(1, 0, 2)
    opening = np.empty((*angles.shape, 3))
    for row, column in np.ndindex(angles.shape):
        normal = (
            np.array(STEPS[int(angles[row, column])]) @ [[0, 1], [-1, 0]] / np.hypot(*STEPS[int(angles[row, column])])
        )
        away = (places.T - (column, -row) + 1) % len(angles) - 1
        middle = np.abs(away).max(1) < 1e-9
        side = (triangles.mean(1) / (2 * squares) - (column, -row) + 1) % len(angles) - 1
        above = np.repeat(side @ normal > 0, 3)
        opening[row, column] = (moves[middle & above].mean(0) - moves[middle & ~above].mean(0)).T @ normal
    return compliance, opening


CASES = {
    "base pattern, a tenth of a unit from touching": (base_angles(2), 1.8, 40, 0.3),
    "disorder": (90.0 * np.array([[0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 1], [1, 1, 0, 1]]), 0.8, 10, 0.3),
    "slanted cuts": (np.array([[45.0, 135.0], [45.0, 45.0]]), 0.4 * 2**0.5, 20, -0.5),
}


@pytest.mark.parametrize("name", CASES)
def test_finite_elements_converge_to_it(name: str) -> None:
    """At first order, because of the tips: extrapolated from two meshes, to 1 % of the largest entry."""
    angles, length, squares, nu = CASES[name]
    sheet = slit_sheet(torch.tensor(angles)[None], length=length, poissons_ratio=nu)
    coarse, fine = (finite_elements(angles, length, n, nu)[0] for n in (squares, 2 * squares))
    [compliance] = sheet.compliance.numpy()
    np.testing.assert_allclose(2 * fine - coarse, compliance, atol=0.01 * compliance.max())
    assert abs(fine - compliance).max() < 0.6 * abs(coarse - compliance).max()


def test_the_base_pattern_is_auxetic_and_soft() -> None:
    """-0.93 and 0.013 of the sheet's modulus, from a finite-element study of this pattern at l = sqrt(3)."""
    sheet = slit_sheet(torch.tensor(base_angles(2))[None])
    torch.testing.assert_close(sheet.poissons_ratio, torch.full((1, 2), -0.934).double(), rtol=0, atol=5e-4)
    torch.testing.assert_close(sheet.youngs_modulus, torch.full((1, 2), 0.013).double(), rtol=0, atol=5e-5)
    assert sheet.closing.max() == 0


def test_short_cuts_are_cracks_by_themselves() -> None:
    """A crack of half length a opens by 2 pi a^2 s / E in all under a stress s across it, and as much under shear."""
    half, angle = 0.01, 30.0
    [compliance] = slit_sheet(torch.full((1, 2, 2), angle).double(), length=2 * half).compliance.numpy() - np.array(
        [[1, -0.3, 0], [-0.3, 1, 0], [0, 0, 2.6]]
    )
    x, y = math.cos(math.radians(angle)), -math.sin(math.radians(angle))  # the normal of the cut
    forces = np.array([[x, 0, y], [0, y, x]])  # of unit stresses on it
    expected = 2 * math.pi * half**2 * forces.T @ forces
    np.testing.assert_allclose(compliance, expected, rtol=0, atol=2e-3 * expected.max())


def moderate(seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.tensor(base_angles(4))[None] + 50 * torch.rand(1, 4, 4, generator=random).double() - 25


def solved(angles: torch.Tensor) -> SlitSheet:
    return slit_sheet(angles, length=1.2)


def test_a_turned_and_a_shifted_sheet() -> None:
    angles = moderate(0)
    sheet, shifted = solved(angles), solved(angles.roll((1, 2), (1, 2)))
    torch.testing.assert_close(shifted.compliance, sheet.compliance)
    turned = solved(torch.rot90(angles, 1, (1, 2)) - 90).compliance  # anticlockwise; angles count clockwise
    order = torch.tensor([1, 0, 2])
    signs = torch.tensor([1.0, 1.0, -1.0]).double()
    expected = sheet.compliance[:, order][:, :, order] * signs[:, None] * signs
    torch.testing.assert_close(turned, expected)


def test_gradients_are_those_of_the_exact_solution() -> None:
    """Of many nodes: they move with the angles, which differences see and derivatives need not."""
    angles = moderate(2)[:, :2, :2].clone().requires_grad_()
    weights = torch.arange(1.0, 10).view(3, 3).double()

    def worth(angles: torch.Tensor) -> torch.Tensor:
        return (slit_sheet(angles, nodes=20, length=1.2).compliance * weights).sum()

    [gradient] = torch.autograd.grad(worth(angles), angles)
    steps = 0.01 * torch.eye(4).double().view(4, 1, 2, 2)
    differences = [(worth(angles.detach() + step) - worth(angles.detach() - step)) / 0.02 for step in steps]
    torch.testing.assert_close(gradient.flatten(), torch.stack(differences), rtol=1e-5, atol=1e-6)


def random_cells(count: int) -> torch.Tensor:
    return torch.tensor(replaced_cells(range(count), 0, max_rotation=60, n=4)).double()


def test_a_few_nodes_solve_random_cells_whose_cuts_all_but_touch() -> None:
    """Gaps go down to a hundredth of a unit and less; where many nodes are not enough, the error says so."""
    cells = random_cells(6)
    exact = slit_sheet(cells, nodes=14)
    sheet = slit_sheet(cells)
    errors = relative(sheet, exact)
    assert errors.median() < 3e-4
    assert (errors < sheet.error).all()
    torch.testing.assert_close(sheet.closing, exact.closing, rtol=0, atol=0.01)


def test_cuts_side_by_side() -> None:
    """A strip between two cuts that overlap for half their length, 0.1 wide, is a beam: nodes are needed all along."""
    angles = torch.tensor([[90.0, 90.0], [90.0, 90.0]]).double() + torch.tensor([[6.0, 6.0], [-6.0, -6.0]]).double()
    exact = slit_sheet(angles[None], nodes=16)
    assert relative(slit_sheet(angles[None]), exact).item() < 1e-3


def relative(sheet: SlitSheet, exact: SlitSheet) -> torch.Tensor:
    size = exact.compliance.flatten(1).norm(dim=1)
    return (sheet.compliance - exact.compliance).flatten(1).norm(dim=1) / size


def test_the_error_falls_exponentially_with_nodes() -> None:
    cells = random_cells(2)
    exact = slit_sheet(cells, nodes=14)
    coarse, fine = (relative(slit_sheet(cells, nodes=nodes), exact).max() for nodes in (4, 8))
    assert fine < coarse / 30


def test_cells_of_a_batch_are_solved_as_if_alone() -> None:
    cells = random_cells(3)
    alone = [slit_sheet(cell[None]).compliance for cell in cells]
    torch.testing.assert_close(slit_sheet(cells).compliance, torch.cat(alone), rtol=1e-9, atol=1e-9)


def test_faces_that_overlap_are_told() -> None:
    angles = np.array([[0.0, 45.0], [0.0, 45.0]])
    _, opening = finite_elements(angles, 0.9, 20, 0.3)
    found = slit_sheet(torch.tensor(angles)[None], length=0.9).closing[0].numpy()
    np.testing.assert_allclose(found, (opening[..., :2] < 0).mean((0, 1)))
    assert found.max() == 0.5


@pytest.mark.parametrize(
    ("angles", "arguments", "message"),
    [
        (torch.zeros(2, 2), {}, r"\[B, n, n\], not \[2, 2\]"),
        (torch.full((1, 2, 2), math.nan), {}, "not finite"),
        (torch.zeros(1, 2, 2), {"poissons_ratio": 1.0}, "Poisson's ratio .* not at 1.0"),
        (torch.zeros(1, 2, 2), {"nodes": 1}, "at least 2 nodes, not 1"),
        (torch.zeros(1, 2, 2), {"length": 2.0}, "cut_length 2 is not between 0 and 2"),
    ],
)
def test_mistakes(angles: torch.Tensor, arguments: dict, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        slit_sheet(angles, **arguments)
