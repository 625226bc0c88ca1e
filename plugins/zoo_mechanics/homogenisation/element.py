"""The trilinear eight-node element of one voxel, on any lattice.

On a lattice all voxels are the same parallelepiped, so there is one element matrix a lattice. Gradients of the shape
functions are constant up to the fixed Jacobian, and two Gauss points an axis integrate their products exactly.
"""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_mechanics.elasticity.voigt import PAIRS

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
    points = torch.tensor(list(itertools.product(gauss, repeat=3)), dtype=torch.float64)
    strains = _strain_operators(corners, points, edges)
    stiffness = (strains.mT @ base @ strains).sum(0) * (volume / 8)
    return Element((stiffness + stiffness.T) / 2, _strained(corners @ edges), volume)


def _strain_operators(corners: Tensor, points: Tensor, edges: Tensor) -> Tensor:
    """B `[n, 6, 24]`: from corner displacements to Voigt strain at points `[n, 3]` of the unit cube."""
    along = torch.where(corners == 1, points[:, None], 1 - points[:, None])
    x, y, z = along.unbind(2)
    local = torch.stack([y * z, x * z, x * y], 2) * (2 * corners - 1)
    gradient = local @ torch.linalg.inv(edges).T
    operators = torch.zeros(len(points), 6, 8, 3, dtype=torch.float64)
    for row, (i, j) in enumerate(PAIRS):
        operators[:, row, :, i] = gradient[:, :, j]
        operators[:, row, :, j] = gradient[:, :, i]
    return operators.view(-1, 6, 24)


def _strained(positions: Tensor) -> Tensor:
    """Displacements `[24, 6]` of corners at `positions` `[8, 3]` under the unit strains."""
    columns = []
    for i, j in PAIRS:
        strain = torch.zeros(3, 3, dtype=torch.float64)
        strain[i, j] += 0.5
        strain[j, i] += 0.5
        columns.append((positions @ strain).reshape(24))
    return torch.stack(columns, 1)
