"""The effective stiffness of periodic voxel cells, by the finite element method.

A cell strained on average by E relaxes by a periodic displacement u that minimises its energy; the energies at the
minimum are the stiffness (Bensoussan, Lions and Papanicolaou 1978; Yang et al., equation 2, writes the same as mean
stress):

    C_ij = 1 / V  sum over voxels  density (E_i x + u_i) . K (E_j x + u_j)

Voxels are trilinear elements, integrated fully; void is void, exactly. What that leaves out is the shape of the real
part between voxels: see `refinement`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.elasticity.voigt import isotropic, to_mandel
from zoo_mechanics.homogenisation.asymmetric_unit import Generator, generators
from zoo_mechanics.homogenisation.coarse import OfWholeCells, RigidBodies
from zoo_mechanics.homogenisation.conjugate_gradients import MAX_ITERATIONS, Operator, Solution, solve
from zoo_mechanics.homogenisation.element import Element, element
from zoo_mechanics.homogenisation.load_cases import NONE, Reduction, reduction
from zoo_mechanics.homogenisation.mesh import Mesh
from zoo_mechanics.homogenisation.pieces import analyse
from zoo_mechanics.homogenisation.two_grids import TwoGrids

TOLERANCE = 1e-3

ROUNDING = 1e-5
"""How much of the stiffness 32 bits may lose on top of the solver's error."""

SINGULAR = 1e-6
"""A strain with less than this share of the Voigt average in energy meets no resistance."""

VOXELS_AT_A_TIME = {"cpu": 1, "cuda": 2**23}
"""Voxels of cells that are solved together, by device: a CPU takes one cell at a time, for the sake of its cache."""


@dataclass(frozen=True)
class Homogenised:
    """Effective stiffness of B cells, and what the solver says of it."""

    stiffness: Tensor
    """Voigt, per unit volume of the whole cell, `[B, 6, 6]`, in the dtype of the solution."""
    error: Tensor
    """Estimated relative error of the solver, the worst load case's: |dC_ij| <= error sqrt(C_ii C_jj). An estimate, no
    bound. `[B]`"""
    iterations: Tensor
    """`[B]`."""
    singular: Tensor
    """Whether some strain meets no resistance, `[B]`."""
    floating: Tensor
    """Share of the solid in parts that float and were left out, `[B]`."""
    hinged: Tensor
    """Share of the solid that is held only by edges or corners of voxels, `[B]`."""


@dataclass
class Memory:
    """What the cells of one call relaxed by, where the next call starts: for cells that change little by little."""

    displacements: Tensor | None = None
    """`[3, B, X, Y, Z, 6]`."""
    max_iterations: int = MAX_ITERATIONS
    """Upper limit for one call; the next one goes on from there."""


def homogenise(
    density: Tensor,
    lattice: Tensor | None = None,
    *,
    base: Tensor | None = None,
    tolerance: float = TOLERANCE,
    memory: Memory | None = None,
) -> Homogenised:
    """The effective stiffness of periodic cells `[B, X, Y, Z]` with densities from 0 (void) to 1 (solid).

    `lattice` holds the cells' edge vectors as rows, `[3, 3]` or `[B, 3, 3]`, unit cubes by default; voxels divide them
    evenly. `base` is the Voigt stiffness `[6, 6]` of the solid, isotropic with E = 1 and nu = 0.3 by default; a
    voxel's is `density` times that. Floats of 64 bits are solved in 64 bits, all else in 32. It runs where `density`
    is. With a `memory`, it starts from the displacements there, if there are any, and leaves its own.

    Derivatives with respect to `density` flow through `stiffness`. ZooError for what is not a cell, lattice or base.
    """
    lattice, base = _checked(density, lattice, base, tolerance)
    stiffness, *rest = _Stiffness.apply(density, lattice, base, tolerance, memory)  # type: ignore[no-untyped-call]
    return Homogenised(stiffness, *rest)


@dataclass(frozen=True)
class _Group:
    """Cells that are solved together, as they share lattice and load cases."""

    rows: Tensor
    cells: Tensor
    """Without floating parts."""
    edges: Tensor
    """Edges of a voxel, float64 `[3, 3]`."""
    reduction: Reduction
    symmetries: list[tuple[Generator, ...]]
    """Symmetries of each cell, under which one part of it stands for all."""


class _Stiffness(torch.autograd.Function):
    """The stiffness as a function of density. Its derivative needs the displacements only, no further solution."""

    @staticmethod
    def forward(
        ctx: Any, density: Tensor, lattice: Tensor, base: Tensor, tolerance: float, memory: Memory | None
    ) -> tuple[Tensor, ...]:
        cells = density.detach()
        cells = cells if cells.dtype == torch.float64 else cells.float()
        bearing, shares = _bearing(cells)
        count = len(cells)
        stiffness = cells.new_zeros(count, 6, 6)
        error = cells.new_zeros(count)
        iterations = torch.zeros(count, dtype=torch.int64, device=cells.device)
        singular = torch.ones(count, dtype=torch.bool, device=cells.device)
        ctx.shape, ctx.solved = cells.shape, []
        before = None if memory is None else memory.displacements
        after = None if memory is None else cells.new_zeros(3, *cells.shape, 6)
        most = MAX_ITERATIONS if memory is None else memory.max_iterations
        for group in _groups(bearing, lattice, base):
            start = None if before is None else before[:, group.rows]
            mesh, displacements, solution, voigt = _solve(group, base, tolerance, start, most)
            if after is not None:
                after[:, group.rows] = mesh.to_box(displacements)
            energies = mesh.energies(displacements)
            stiffness[group.rows] = energies.to(cells)
            rounding = 0.0 if cells.dtype == torch.float64 else ROUNDING
            error[group.rows] = (solution.errors.amax(1) + rounding).to(cells)
            iterations[group.rows] = solution.iterations
            softest = torch.linalg.eigvalsh(to_mandel(energies))[:, 0]
            singular[group.rows] = softest < SINGULAR * voigt.amax(1)
            if ctx.needs_input_grad[0]:
                ctx.solved.append((group.rows, mesh, displacements))
        if memory is not None:
            memory.displacements = after
        results = (stiffness, error, iterations, singular, *shares.to(cells))
        ctx.mark_non_differentiable(*results[1:])
        return results

    @staticmethod
    def backward(ctx: Any, weights: Tensor, *_: Tensor) -> tuple[Tensor, None, None, None, None]:
        slopes = weights.new_zeros(ctx.shape)
        for rows, mesh, displacements in ctx.solved:
            slopes[rows] = mesh.slopes(displacements, weights[rows])
        return slopes, None, None, None, None


def _bearing(cells: Tensor) -> tuple[Tensor, Tensor]:
    """The cells without floating parts, and the shares of solid that float and that hang on edges or corners
    `[2, B]`."""
    bearing = cells.clone()
    shares = torch.zeros(2, len(cells), dtype=torch.float64)
    for row, cell in enumerate(cells):
        if not bool((cell > 0).all()):
            pieces = analyse((cell > 0).cpu().numpy())
            bearing[row] *= torch.from_numpy(pieces.bearing).to(cells)
            shares[:, row] = torch.tensor([pieces.floating, pieces.hinged])
    return bearing, shares


def _groups(cells: Tensor, lattice: Tensor, base: Tensor) -> Iterator[_Group]:
    """Cells by lattice and symmetry, without those that are empty."""
    sizes = torch.tensor(cells.shape[1:], dtype=torch.float64)
    alike: defaultdict[tuple[bytes, Reduction], list[int]] = defaultdict(list)
    for row, cell in enumerate(cells):
        if bool(cell.any()):
            alike[lattice[row].numpy().tobytes(), reduction(cell, lattice[row], base)].append(row)
    at_once = max(1, VOXELS_AT_A_TIME.get(cells.device.type, 1) // cells[0].numel())
    for (_, symmetry), rows in alike.items():
        for part in torch.split(torch.tensor(rows, device=cells.device), at_once):
            own = [generators(cells[row], lattice[row], base) for row in part.tolist()]
            yield _Group(part, cells[part], lattice[rows[0]] / sizes[:, None], symmetry, own)


def _solve(
    group: _Group, base: Tensor, tolerance: float, start: Tensor | None, most: int
) -> tuple[Mesh, Tensor, Solution, Tensor]:
    """The mesh, the displacements of all six cases `[3, B, P, 6]`, how they were found, and the Voigt averages of the
    cases' energies `[B, 6]`; `start` is the box `[3, B, X, Y, Z, 6]` to start from, `most` the most
    iterations."""
    voxel = element(group.edges, base)
    cases = list(group.reduction.cases)
    mesh = Mesh(group.cells, voxel, group.symmetries, cases)
    grids = TwoGrids(mesh, voxel)
    voigt = base.diagonal().to(group.cells.device) * group.cells.double().flatten(1).mean(1, keepdim=True)
    loads = mesh.loads()
    guess = torch.zeros_like(loads) if start is None else mesh.from_box(start[..., cases].to(loads))
    better = partial(_rigid_bodies, group, voxel, mesh, grids)
    solution = solve(mesh, loads, guess, voigt[:, cases], grids, better, tolerance, most)
    displacements = solution.displacements
    if group.reduction != NONE:
        displacements = group.reduction.expand(mesh, displacements)
    return mesh, displacements, solution, voigt


def _rigid_bodies(group: _Group, voxel: Element, mesh: Mesh, grids: TwoGrids) -> Operator:
    """Rigid bodies of whole cells: those of one block need not be images of those of another."""
    if mesh.orbits is None:
        return RigidBodies(mesh, grids, group.edges)
    whole = Mesh(group.cells, voxel)
    return OfWholeCells(RigidBodies(whole, TwoGrids(whole, voxel), group.edges), whole, mesh)


def checked_tolerance(tolerance: float) -> float:
    """The tolerance; ZooError unless it is at least what 32 bits can reach, and below 1."""
    if not ROUNDING <= tolerance < 1:
        raise ZooError(f"stiffness: tolerance {tolerance:g} must lie between {ROUNDING:g} and 1")
    return tolerance


def _checked(density: Tensor, lattice: Tensor | None, base: Tensor | None, tolerance: float) -> tuple[Tensor, Tensor]:
    """The lattice for every cell, `[B, 3, 3]`, and the base, in float64 on the CPU. ZooError for what is wrong."""
    problems = []
    if density.ndim != 4 or not all(density.shape):
        raise ZooError(f"cells of shape {list(density.shape)}: expected [cells, X, Y, Z], none of them 0")
    if not bool(torch.isfinite(density).all()):
        problems.append("the densities hold NaN or infinities")
    elif bool((density < 0).any()):
        problems.append(f"a density is negative: {float(density.min()):g}")
    lattice = (torch.eye(3) if lattice is None else lattice).detach().double().cpu()
    if lattice.shape not in {(3, 3), (len(density), 3, 3)}:
        problems.append(f"a lattice of shape {list(lattice.shape)}: expected [3, 3] or [{len(density)}, 3, 3]")
    else:
        lattice = lattice.expand(len(density), 3, 3)
        problems += _lattice_problems(lattice)
    base = (isotropic() if base is None else base).detach().double().cpu()
    problems += _base_problems(base)
    if not 0 < tolerance < 1:
        problems.append(f"tolerance {tolerance:g} must lie between 0 and 1, both left out")
    elif tolerance < ROUNDING and density.dtype != torch.float64:
        problems.append(f"tolerance {tolerance:g} wants densities in 64 bits; 32 bits reach {ROUNDING:g}")
    if problems:
        raise ZooError(*problems)
    return lattice.contiguous(), base


def _lattice_problems(lattice: Tensor) -> list[str]:
    if not bool(torch.isfinite(lattice).all()):
        return ["the lattice holds NaN or infinities"]
    volume = torch.linalg.det(lattice).abs()
    flat = (volume <= 1e-9 * lattice.norm(dim=2).prod(1)).nonzero().flatten()
    return [f"the lattice of cell {int(flat[0])} is singular: its vectors lie in a plane"] if len(flat) else []


def _base_problems(base: Tensor) -> list[str]:
    if base.shape != (6, 6):
        return [f"a base stiffness of shape {list(base.shape)}: expected [6, 6]"]
    if not bool(torch.isfinite(base).all()):
        return ["the base stiffness holds NaN or infinities"]
    if not torch.allclose(base, base.T, rtol=1e-9, atol=0) or float(torch.linalg.eigvalsh(base)[0]) <= 0:
        return ["the base stiffness must be symmetric and positive definite"]
    return []
