"""The effective stiffness of periodic frames of round bars, by beam theory.

Bars are straight, elastic, and joined rigidly where they meet. A cell strained on average by E relaxes by displacements
and rotations of its joints, the same in every cell, that minimise the energy; the energies at the minimum are the
stiffness, as they are for voxels (see `homogenisation`). Joints have no size: what overlaps there counts once for each
bar, in the stiffness and in the density, as it does in the catalogue of Lumpe and Stankovic. So beams are exact for
slender bars and leave out what stiffens the joints of thick ones, where voxels take over.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.elasticity.voigt import PAIRS, isotropic, to_mandel
from zoo_voxels import Net

Theory = Literal["timoshenko", "euler-bernoulli"]

SINGULAR = 1e-9
"""A strain with less than this share of the stiffest one's energy meets no resistance; slender frames that bend have
about their relative density of it."""

_SHIFT = 1e-11
"""What is added to the scaled matrix, so that rigid motions do no harm; refinement takes it out again."""
_REFINEMENTS = 3


class Frames(NamedTuple):
    """The bars of B cells, padded to the largest: a bar of length 0 is none. Float64 and int64."""

    ends: Tensor
    """Both joints of each bar, `[B, m, 2]`, numbered from 0 in each cell."""
    spans: Tensor
    """Vectors from one end of a bar to the other, `[B, m, 3]`."""
    volumes: Tensor
    """Volumes of the cells, `[B]`."""
    joints: int
    """The most that a cell has."""

    def lengths(self) -> Tensor:
        """Lengths of the bars, `[B, m]`."""
        lengths: Tensor = self.spans.norm(dim=-1)
        return lengths

    def radius(self, density: Tensor | float) -> Tensor:
        """The radius that all bars of a cell have at a relative density, `[B]`: volume of the bars, joints counted
        once for each, per volume of the cell. ZooError unless densities lie between 0 and 1."""
        density = torch.as_tensor(density, dtype=torch.float64)
        if not bool(((density > 0) & (density < 1)).all()):
            raise ZooError(f"a relative density of {density.flatten().tolist()[0]:g}: expected one between 0 and 1")
        return (density * self.volumes / (torch.pi * self.lengths().sum(1))).sqrt()

    def density(self, radius: Tensor) -> Tensor:
        """The relative density `[B]` of bars of `radius` `[B]` or `[B, m]`."""
        return torch.pi * (_each(radius, self) ** 2 * self.lengths()).sum(1) / self.volumes


def frames(nets: Sequence[Net]) -> Frames:
    """The bars of nets, in the units of their lattices. ZooError for none."""
    if not nets:
        raise ZooError("there is no net to be homogenised")
    most = max(len(net.edges) for net in nets)
    ends, spans = np.zeros((len(nets), most, 2), dtype=np.int64), np.zeros((len(nets), most, 3))
    for row, net in enumerate(nets):
        start, end = net.vertices[net.edges[:, 0]], net.vertices[net.edges[:, 1]] + net.shifts
        ends[row, : len(net.edges)] = net.edges
        spans[row, : len(net.edges)] = (end - start) @ net.lattice
    volumes = np.abs(np.linalg.det(np.stack([net.lattice for net in nets])))
    joints = max(len(net.vertices) for net in nets)
    return Frames(torch.from_numpy(ends), torch.from_numpy(spans), torch.from_numpy(volumes), joints)


def homogenise_beams(
    bars: Frames,
    radius: Tensor,
    *,
    young: float = 1.0,
    poisson: float = 0.3,
    theory: Theory = "timoshenko",
) -> Tensor:
    """The Voigt stiffness `[B, 6, 6]` (float64) of frames whose bars have `radius` `[B]` or `[B, m]`, in their unit of
    length.

    Timoshenko's bars give way to shear, with the coefficient 6 (1 + nu) / (7 + 6 nu) of a round section (Cowper 1966);
    Euler and Bernoulli's do not. All else is common: tension, torsion, bending. Parts that touch nothing do not count,
    and a frame that gives way has a singular stiffness. Derivatives with respect to `radius` and `spans` flow.
    ZooError for a base that is none (see `voigt.isotropic`) and radii that are not positive.
    """
    shear = float(isotropic(young, poisson)[5, 5])
    strains, energies = _modes(bars, _each(radius, bars), young, shear, theory)
    macro = _macro(bars, strains)
    index = (6 * bars.ends[..., None] + torch.arange(6)).flatten(2)
    with torch.no_grad():
        moves = _relax(strains, energies, macro, index, 6 * bars.joints)
    ends = moves[torch.arange(len(index))[:, None, None], index]
    total = macro + strains @ ends
    return torch.einsum("bmki,bmk,bmkj->bij", total, energies, total) / bars.volumes[:, None, None]


def gives_way(stiffness: Tensor) -> Tensor:
    """Whether a frame meets some strain without resistance, `[B]`, by the stiffness `[B, 6, 6]` that was found."""
    energies = torch.linalg.eigvalsh(to_mandel(stiffness))
    singular: Tensor = energies[:, 0] <= SINGULAR * energies[:, -1]
    return singular


def _modes(bars: Frames, radius: Tensor, young: float, shear: float, theory: Theory) -> tuple[Tensor, Tensor]:
    """How a bar is strained by the displacements and rotations of its ends, `[B, m, 8, 12]`, and how stiff it is in
    each way, `[B, m, 8]`: stretched; twisted; bent evenly, by components in space; bent to an S, likewise."""
    length = bars.lengths()
    there = length > 0
    length = torch.where(there, length, 1.0)
    axis = (bars.spans / length[..., None])[..., None, :]
    eye = torch.eye(3, dtype=torch.float64)
    across = eye - axis.mT * axis
    swing = 2 * torch.linalg.cross(axis.expand_as(across), eye.expand_as(across)).mT / length[..., None, None]
    none, nothing = torch.zeros_like(axis), torch.zeros_like(across)
    strains = [
        torch.cat([-axis, none, axis, none], -1),
        torch.cat([none, -axis, none, axis], -1),
        torch.cat([nothing, -across, nothing, across], -1),
        torch.cat([swing, across, -swing, across], -1),
    ]
    area, inertia = torch.pi * radius**2, torch.pi * radius**4 / 4
    slack = torch.zeros_like(length)
    if theory == "timoshenko":
        poisson = young / (2 * shear) - 1
        coefficient = 6 * (1 + poisson) / (7 + 6 * poisson)
        slack = 12 * young * inertia / (coefficient * shear * area * length**2)
    stretched, twisted, bent = young * area / length, 2 * shear * inertia / length, young * inertia / length
    energies = torch.stack([stretched, twisted, *[bent] * 3, *[3 * bent / (1 + slack)] * 3], -1)
    return torch.cat(strains, -2), torch.where(there[..., None], energies, 0.0)


def _macro(bars: Frames, strains: Tensor) -> Tensor:
    """How the six unit strains of the cell strain bars whose ends follow them, `[B, m, 8, 6]`."""
    units = torch.zeros(6, 3, 3, dtype=torch.float64)
    for case, (i, j) in enumerate(PAIRS):
        units[case, i, j] += 0.5
        units[case, j, i] += 0.5
    return strains[..., 6:9] @ torch.einsum("kij,bmj->bmik", units, bars.spans)


def _relax(strains: Tensor, energies: Tensor, macro: Tensor, index: Tensor, unknowns: int) -> Tensor:
    """Displacements and rotations of the joints in the six cases, `[B, unknowns, 6]`.

    The matrix is singular: joints that are padding, and rigid motions of each part. Forces do no work on any of these,
    so a small multiple of the identity may be added and, step by step, taken out again (Riley 1955).
    """
    count = len(index)
    weighted = strains * energies[..., None]
    matrix = strains.new_zeros(count, unknowns, unknowns)
    cell = torch.arange(count)[:, None, None]
    matrix.index_put_(
        (cell[..., None], index[..., :, None], index[..., None, :]), strains.mT @ weighted, accumulate=True
    )
    forces = strains.new_zeros(count, unknowns, 6)
    forces.index_put_((cell, index), -weighted.mT @ macro, accumulate=True)
    diagonal = matrix.diagonal(dim1=1, dim2=2)
    scale = torch.where(diagonal > 0, diagonal, 1.0).rsqrt()[..., None]
    matrix = matrix * scale * scale.mT
    factor = torch.linalg.cholesky(matrix + _SHIFT * torch.eye(unknowns, dtype=matrix.dtype))
    forces = forces * scale
    moves = torch.zeros_like(forces)
    for _ in range(1 + _REFINEMENTS):
        moves = moves + torch.cholesky_solve(forces - matrix @ moves, factor)
    return moves * scale


def _each(radius: Tensor, bars: Frames) -> Tensor:
    """The radius of every bar, `[B, m]`."""
    radius = radius.double()
    if radius.ndim == 1:
        radius = radius[:, None]
    if not bool((torch.isfinite(radius) & (radius > 0)).all()):
        raise ZooError("the radius of a bar is not positive")
    return radius.expand(bars.spans.shape[:2])
