"""The trilinear eight-node element of one voxel, on any lattice.

On a lattice all voxels are the same parallelepiped, so there is one element matrix a lattice. Gradients of the shape
functions are constant up to the fixed Jacobian, and two Gauss points an axis integrate their products exactly.
"""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_mechanics.voigt import PAIRS

CORNERS = tuple(itertools.product((0, 1), repeat=3))
"""Offsets of a voxel's eight corners, the last axis running fastest."""


@dataclass(frozen=True)
class Element:
    """One voxel of full density, float64. Its 24 degrees of freedom run over corners, then over directions."""

    stiffness: Tensor
    """`[24, 24]`."""
    strained: Tensor
    """`[24, 6]`: corner displacements of the six unit strains (Voigt, engineering shear)."""
    volume: float


def element(edges: Tensor, base: Tensor) -> Element:
    """The element with edge vectors `edges` (rows, `[3, 3]`) made of a material with Voigt stiffness `base`."""
    edges, base = edges.double().cpu(), base.double().cpu()
    volume = float(torch.linalg.det(edges).abs())
    corners = torch.tensor(CORNERS, dtype=torch.float64)
    gauss = [(1 - 3**-0.5) / 2, (1 + 3**-0.5) / 2]
    stiffness = torch.zeros(24, 24, dtype=torch.float64)
    for point in itertools.product(gauss, repeat=3):
        strain = _strain_operator(corners, torch.tensor(point, dtype=torch.float64), edges)
        stiffness += strain.T @ base @ strain * (volume / 8)
    return Element((stiffness + stiffness.T) / 2, _strained(corners @ edges), volume)


def _strain_operator(corners: Tensor, point: Tensor, edges: Tensor) -> Tensor:
    """B `[6, 24]`: from corner displacements to Voigt strain at a point of the unit cube."""
    along = torch.where(corners == 1, point, 1 - point)
    slopes = 2 * corners - 1
    local = torch.stack([slopes[:, axis] * _without(along, axis).prod(1) for axis in range(3)], 1)
    gradient = local @ torch.linalg.inv(edges).T
    operator = torch.zeros(6, 8, 3, dtype=torch.float64)
    for row, (i, j) in enumerate(PAIRS):
        operator[row, :, i] = gradient[:, j]
        operator[row, :, j] = gradient[:, i]
    return operator.reshape(6, 24)


def _without(values: Tensor, axis: int) -> Tensor:
    return values[:, [other for other in range(3) if other != axis]]


def _strained(positions: Tensor) -> Tensor:
    """Displacements `[24, 6]` of corners at `positions` `[8, 3]` under the unit strains."""
    columns = []
    for i, j in PAIRS:
        strain = torch.zeros(3, 3, dtype=torch.float64)
        strain[i, j] += 0.5
        strain[j, i] += 0.5
        columns.append((positions @ strain).reshape(24))
    return torch.stack(columns, 1)
