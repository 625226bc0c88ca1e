"""The preconditioner: the Green operator on a grid twice as coarse, and each node's own stiffness.

Forces are handed to a coarse grid, whose Fourier transforms cost an eighth, and its displacements interpolated, both
trilinearly: coarse elements of a full box are then exactly what fine ones add up to. What the coarse grid cannot see
moves single nodes, and is left to the diagonal of the stiffness (an additive two-level method; Xu 1992, SIAM Review
34). On sparse cells that takes a tenth to a quarter more iterations than the Green operator on the grid itself, which
cost half as much. Dense cells, long or skewed voxels, and an odd number of voxels along an axis get the Green operator
itself.
"""

import itertools

import torch
from torch import Tensor

from zoo_mechanics.element import Element
from zoo_mechanics.green import Green
from zoo_mechanics.mesh import Mesh
from zoo_mechanics.sums import Sums

DIAGONAL = 0.25
"""How much the diagonal counts beside the Green operator. Of 0.14 to 1, this gave the fewest iterations on nets of the
RCSR."""
SPARSE = 0.35
"""Cells with a lower share of voxels that are not void are worth a coarse grid."""
SOFTEST = 0.05
"""So are voxels whose softest deformation is at least so stiff beside their diagonal. Longer and more skewed ones bend
in ways that neither grid sees well: one at 0.003 took three times as many iterations, two between 0.05 and 0.1 a
quarter to a third more, and half the time."""


class TwoGrids:
    """Applies the preconditioner to fields on a mesh."""

    def __init__(self, mesh: Mesh, voxel: Element) -> None:
        """For a mesh of such voxels."""
        sparse = len(mesh.elements) < SPARSE * mesh.count * mesh.size
        even = not any(size % 2 for size in mesh.shape)
        step = 2 if sparse and even and _softest(voxel) >= SOFTEST else 1
        x, y, z = (size // step for size in mesh.shape)
        self._shape = (mesh.count, x, y, z)
        self._restrict = _restriction(mesh, step, self._shape)
        self._interpolate = _interpolation(mesh, step, self._shape)
        self._green = Green((x, y, z), voxel.stiffness * step, mesh.density)
        diagonal = mesh.stiffness_at_nodes()
        self._diagonal = torch.where(diagonal > 0, DIAGONAL * (step - 1) / diagonal, 0)

    def __call__(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both `[3, B, P, columns]`."""
        columns = forces.shape[-1]
        box = self._restrict(forces.reshape(3, -1, columns)).view(3, *self._shape, columns)
        moved = self._interpolate(self._green(box).reshape(3, -1, columns))
        return moved.view_as(forces).addcmul_(forces, self._diagonal)


def _softest(voxel: Element) -> float:
    """The least eigenvalue of a voxel's stiffness, scaled to a diagonal of ones, but for its six rigid motions."""
    scale = voxel.stiffness.diagonal().rsqrt()
    return float(torch.linalg.eigvalsh(scale[:, None] * voxel.stiffness * scale)[6])


def _restriction(mesh: Mesh, step: int, shape: tuple[int, int, int, int]) -> Sums:
    """From places to coarse nodes: each takes its own node and shares of the nodes around."""
    near, share = [], []
    for size, coarse in zip(mesh.shape, shape[1:], strict=True):
        offsets = torch.arange(1 - step, step, device=mesh.density.device)
        near.append((torch.arange(coarse, device=offsets.device)[:, None] * step + offsets) % size)
        share.append((1 - 0.5 * offsets.abs()).to(mesh.density))
    x, y, z = near
    _, size_y, size_z = mesh.shape
    node = (x[:, None, None, :, None, None] * size_y + y[:, None, None, :, None]) * size_z + z[:, None, None]
    weights = share[0][:, None, None] * share[1][:, None] * share[2]
    sources = mesh.place_of.view(mesh.count, -1)[:, node.flatten()].view(-1, weights.numel())
    return Sums(sources, weights.flatten().expand(sources.shape))


def _interpolation(mesh: Mesh, step: int, shape: tuple[int, int, int, int]) -> Sums:
    """From coarse nodes to places: a node between two coarse ones along an axis takes half of each."""
    used = (mesh.place_of >= 0).nonzero().squeeze(1)
    places = mesh.place_of[used].long()
    cell = used.div(mesh.size, rounding_mode="floor")
    position = torch.unravel_index(used % mesh.size, tuple(mesh.shape))
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
    sources = torch.full((mesh.count * mesh.places, 8), -1, device=used.device)
    weights = mesh.density.new_zeros(len(sources))
    sources.index_copy_(0, places, torch.stack(near, 1))
    weights.index_copy_(0, places, share)
    return Sums(sources, weights[:, None].expand(sources.shape))
