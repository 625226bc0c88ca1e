"""The preconditioner: the Green operator on a grid twice as coarse, and each node's own stiffness.

Forces are handed to a coarse grid, whose Fourier transforms cost an eighth, and its displacements interpolated, both
trilinearly: coarse elements of a full box are then exactly what fine ones add up to. Where the cell is not full it
gives way more, so what is handed on is divided by a root of how full it is there. What the coarse grid cannot see moves
single nodes, and is left to the diagonal of the stiffness (an additive two-level method; Xu 1992, SIAM Review 34). Of
solid and void, that takes up to a fifth more iterations than the Green operator on the grid itself, in half the time;
of grey cells, a fifth to a half as many. Long or skewed voxels, and an odd number of voxels along an axis get the
Green operator itself.
"""

import itertools

import torch
from torch import Tensor

from zoo_mechanics.homogenisation.asymmetric_unit import orbits
from zoo_mechanics.homogenisation.element import Element
from zoo_mechanics.homogenisation.green import Green
from zoo_mechanics.homogenisation.images import Images
from zoo_mechanics.homogenisation.mesh import Mesh
from zoo_mechanics.homogenisation.sums import Sums

DIAGONAL = 0.2
"""How much the diagonal counts beside the Green operator. Of 0.15 to 1, this and less gave the fewest iterations on
trusses."""
GIVING_WAY = 0.125
"""The power of the share of solid that displacements and forces are divided by. Of 0 to 0.5, this gave the fewest
iterations on trusses, a tenth less than 0; 0.5, which grey cells want in one grid (arXiv 2508.02613), gave twice as
many."""
SOFTEST = 0.05
"""Voxels whose softest deformation is at least so stiff beside their diagonal get two grids. Longer and more skewed
ones bend in ways that neither grid sees well: before fullness was made up for, one at 0.003 took three times as many
iterations, two between 0.05 and 0.1 a quarter to a third more, and half the time."""


class TwoGrids:
    """Applies the preconditioner to fields on a mesh."""

    def __init__(self, mesh: Mesh, voxel: Element) -> None:
        """Make the preconditioner for a mesh of such voxels."""
        even = not any(size % 2 for size in mesh.shape)
        step = 2 if even and _softest(voxel) >= SOFTEST else 1
        x, y, z = (size // step for size in mesh.shape)
        self._shape = (mesh.count, x, y, z)
        nodes, shares = _between(mesh, step, self._shape)
        if step > 1:
            shares = shares * _fullness(mesh.density).pow(-GIVING_WAY).flatten()[nodes]
        there = nodes >= 0
        places = torch.arange(len(nodes), device=nodes.device)[:, None].expand(nodes.shape)
        self._interpolate = Sums(nodes, shares)
        self._restrict: Sums | _OnImages
        if mesh.groups is None:
            self._restrict = Sums.of_pairs(nodes[there], places[there], shares[there], mesh.count * x * y * z)
        else:
            self._restrict = _OnImages(mesh, step, self._shape, nodes[there], places[there], shares[there])
        self._green = Green((x, y, z), voxel.stiffness * step, mesh.density)
        diagonal = mesh.stiffness_at_nodes()
        self._diagonal = torch.where(diagonal > 0, DIAGONAL * (step - 1) / diagonal, 0)

    def __call__(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both `[3, B, P, columns]`."""
        columns = forces.shape[-1]
        box = self._restrict(forces.reshape(3, -1, columns)).view(3, *self._shape, columns)
        moved = self._interpolate(self._green(box).reshape(3, -1, columns))
        return moved.view_as(forces).addcmul_(forces, self._diagonal)


class _OnImages:
    """Forces on all coarse nodes from those on an asymmetric unit, which are its images' too."""

    def __init__(
        self,
        mesh: Mesh,
        step: int,
        shape: tuple[int, int, int, int],
        nodes: Tensor,
        places: Tensor,
        shares: Tensor,
    ) -> None:
        """`nodes` take `shares` of `places`, all `[pairs]`."""
        assert mesh.groups is not None
        count, x, y, z = shape
        box = torch.arange(count * x * y * z, device=nodes.device)
        images = orbits(mesh.groups, (x, y, z), "nodes", nodes.device, step)
        rows, row = torch.unique(nodes, return_inverse=True)
        units, unit = torch.unique(images.first, return_inverse=True)
        self._onto_rows = Sums.of_pairs(row, places, shares, len(rows))
        signs = images.signs(rows, mesh.cases, mesh.density) / images.sizes(rows)[:, None]
        self._rows = Images(unit[rows], signs, len(units))
        self._box = Images(unit, images.signs(box, mesh.cases, mesh.density), len(units))

    def __call__(self, forces: Tensor) -> Tensor:
        """`[3, B P, columns]` to `[3, coarse nodes, columns]`."""
        return self._box.unfold(self._rows.fold(self._onto_rows(forces)))


def _softest(voxel: Element) -> float:
    """The least eigenvalue of a voxel's stiffness, scaled to a diagonal of ones, but for its six rigid motions."""
    scale = voxel.stiffness.diagonal().rsqrt()
    return float(torch.linalg.eigvalsh(scale[:, None] * voxel.stiffness * scale)[6])


def _fullness(density: Tensor) -> Tensor:
    """The mean density around each node of a grid twice as coarse, `[B, X / 2, Y / 2, Z / 2]`, where voxels count as
    much as their nodes do; from 1/512, that of one voxel far off: where there is none, there is no node either."""
    for axis in (1, 2, 3):
        first, second = torch.unflatten(density, axis, (-1, 2)).unbind(axis + 1)
        density = (first.roll(1, axis) + 3 * second.roll(1, axis) + 3 * first + second) / 8
    return density.clamp(min=1 / 512)


def _between(mesh: Mesh, step: int, shape: tuple[int, int, int, int]) -> tuple[Tensor, Tensor]:
    """The coarse nodes that a place lies between, `[B P, 8]`, -1 for none, and its share of each: a node between two
    coarse ones along an axis takes half of each."""
    cell = mesh.grid.div(mesh.size, rounding_mode="floor")
    position = torch.unravel_index(mesh.grid % mesh.size, tuple(mesh.shape))
    between = [along % step == 1 for along in position]
    near = []
    for sides in itertools.product((0, 1), repeat=3):
        node, there = cell, torch.ones_like(between[0])
        for axis, side in enumerate(sides):
            along = position[axis].div(step, rounding_mode="floor")
            node = node * shape[axis + 1] + ((along + side) % shape[axis + 1] if side else along)
            there = there & between[axis] if side else there
        near.append(torch.where(there, node, -1))
    share = (0.5 ** torch.stack(between).sum(0)).to(mesh.density)
    nodes = torch.full((mesh.count * mesh.places, 8), -1, device=cell.device)
    shares = mesh.density.new_zeros(len(nodes))
    nodes.index_copy_(0, mesh.slots, torch.stack(near, 1))
    shares.index_copy_(0, mesh.slots, share)
    return nodes, shares[:, None].expand(nodes.shape)
