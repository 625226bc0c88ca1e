"""The stiffness of a sheet with periodic straight slits: plane elasticity, faces free of traction, small strain.

A cut is a distribution of dislocations along a line. The stress of a doubly periodic lattice of dislocations follows
from the potentials of Kolosov and Muskhelishvili, summed in closed form along a row and by an exponentially
converging series over rows. Gauss-Chebyshev quadrature (Erdogan & Gupta 1972) turns "no traction on any cut" into a
dense linear system a pattern, exponentially accurate in the number of nodes a cut as long as cuts keep their distance.
The nearer a tip lies to another cut the more nodes it takes: `SlitSheet.error` tells. The mean strain that the cuts add
is the mean of their openings, so no field inside of the sheet is ever computed.

The sheet is isotropic and in plane stress. What cuts add to its compliance does not depend on its Poisson's ratio and
is in proportion to 1 / E (Cherkaev, Lurie & Milton 1992). Out-of-plane buckling, which thin sheets show early, is
excluded, and faces are free to overlap: `closing` says where that happens.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from zoo import ZooError
from zoo_kirigami.geometry import CUT_LENGTH, checked_length

_ROWS = 4
"""Rows of images on each side: the next one is smaller than the first by exp(-2 pi 4), 1e-11."""


class SlitSheet(NamedTuple):
    """Effective properties of patterns [B, n, n], E of the sheet being 1.

    `compliance` [B, 3, 3] relates strains (xx, yy, 2 xy) to stresses (xx, yy, xy). `error` [B] estimates the relative
    error that too few nodes leave in it: the solution is symmetric, its discretisation is not. `closing` [B, 2] is
    the share of cut length whose faces overlap under tension along x and along y.
    """

    compliance: Tensor
    error: Tensor
    closing: Tensor

    @property
    def youngs_modulus(self) -> Tensor:
        """Along x and y, [B, 2], in units of the sheet's."""
        return 1 / self.compliance.diagonal(dim1=1, dim2=2)[:, :2]

    @property
    def poissons_ratio(self) -> Tensor:
        """nu_xy (pulled along x) and nu_yx (pulled along y), [B, 2]."""
        return -self.compliance[:, [1, 0], [0, 1]] * self.youngs_modulus

    @property
    def shear_modulus(self) -> Tensor:
        """[B], in units of the sheet's Young's modulus."""
        return 1 / self.compliance[:, 2, 2]


def slit_sheet(
    angles: Tensor, *, poissons_ratio: float = 0.3, nodes: int = 32, length: float = CUT_LENGTH
) -> SlitSheet:
    """Solve patterns [B, n, n] of angles in degrees, clockwise from the vertical, differentiably, in float64.

    `length` is that of a cut in units of the spacing, `nodes` the number of unknown complex numbers a cut; the cost of
    a pattern grows with the third power of `nodes` n^2. ZooError for another shape, angles that are not finite, or a
    Poisson's ratio out of (-1, 1). Cuts that cross are solved as if they met with nothing in between, which means
    nothing: sort such patterns out before.
    """
    if angles.ndim != 3 or angles.shape[1] != angles.shape[2]:
        raise ZooError(f"cut patterns have the shape [B, n, n], not {list(angles.shape)}")
    if not angles.isfinite().all():
        raise ZooError("cut patterns hold angles that are not finite")
    if not -1 < poissons_ratio < 1:
        raise ZooError(f"the Poisson's ratio of an isotropic sheet lies in (-1, 1), not at {poissons_ratio}")
    cuts = _Cuts.of(angles.double(), nodes, checked_length(length) / 2)
    density = _density(cuts)
    opened = 8j * math.pi * cuts.half * (math.pi / nodes) * (density * cuts.nodes).sum(-1)
    sheet = angles.new_tensor(
        [[1, -poissons_ratio, 0], [-poissons_ratio, 1, 0], [0, 0, 2 + 2 * poissons_ratio]], dtype=torch.float64
    )
    compliance = sheet + _strain(opened, cuts.tangents[:, None] * 1j).transpose(1, 2) / cuts.side**2
    mirrored = compliance.transpose(1, 2)
    error = (compliance - mirrored).detach().flatten(1).norm(dim=1) / compliance.detach().flatten(1).norm(dim=1)
    return SlitSheet((compliance + mirrored) / 2, error, _closing(density[:, :2], cuts))


class _Cuts(NamedTuple):
    """Cuts of a batch of patterns: where they are, and where on them the equations are written."""

    tangents: Tensor
    """Unit vectors along cuts as complex numbers, [B, N], x to the right and y up."""
    centres: Tensor
    """Complex [N]."""
    nodes: Tensor
    """Places of unknowns in (-1, 1), [M]: zeros of the Chebyshev polynomial of degree M."""
    half: float
    side: int

    @classmethod
    def of(cls, angles: Tensor, nodes: int, half: float) -> "_Cuts":
        n = angles.shape[1]
        radians = torch.deg2rad(angles).flatten(1)
        row, column = torch.meshgrid(*2 * [torch.arange(n, device=angles.device).double()], indexing="ij")
        places = torch.cos(math.pi * (torch.arange(nodes, device=angles.device).double() + 0.5) / nodes)
        return cls(torch.complex(radians.sin(), radians.cos()), torch.complex(column, -row).flatten(), places, half, n)

    def at(self, places: Tensor) -> Tensor:
        """Points [B, N, P] of the plane, `places` [P] in [-1, 1] along each cut."""
        return self.centres[:, None] + self.half * self.tangents[..., None] * places


def _density(cuts: _Cuts) -> Tensor:
    """Dislocation densities [B, 3, N, M] that free all cuts of traction under unit stress xx, yy and xy.

    Densities are gamma sqrt(1 - t^2), gamma being the coefficient of the logarithm in the first potential.
    """
    batch, number = cuts.tangents.shape
    count = len(cuts.nodes)
    places = torch.cos(math.pi * torch.arange(1, count, device=cuts.nodes.device).double() / count)
    apart = cuts.at(places).flatten(1)[:, :, None] - cuts.at(cuts.nodes).flatten(1)[:, None]
    first, second = _lattice_sums(apart, cuts.side)
    squared = cuts.tangents.square().repeat_interleave(count - 1, 1)[..., None]
    # Normal plus i times shear traction is straight g + mirrored conj(g).
    straight = (first - squared * second) * (math.pi / count)
    mirrored = (first.conj() + squared * first) * (math.pi / count)
    # Every dislocation of a cut ends on it: the density sums to zero.
    none = torch.eye(number, dtype=straight.dtype, device=straight.device).repeat_interleave(count, 1)
    straight = torch.cat([straight, none.expand(batch, -1, -1)], 1)
    mirrored = torch.cat([mirrored, torch.zeros_like(none).expand(batch, -1, -1)], 1)
    turned = 1j * (straight - mirrored)
    direct = straight + mirrored
    matrix = torch.cat([torch.cat([direct.real, turned.real], 2), torch.cat([direct.imag, turned.imag], 2)], 1)
    load = -_tractions(cuts.tangents).repeat_interleave(count - 1, 2)
    load = torch.cat([load, load.new_zeros(batch, 3, number)], 2)
    solved = torch.linalg.solve(matrix, torch.cat([load.real, load.imag], 2).transpose(1, 2))
    real, imaginary = solved.transpose(1, 2).chunk(2, 2)
    return torch.complex(real, imaginary).reshape(batch, 3, number, count)


def _lattice_sums(apart: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Sums over all images P of 1 / (w - P) and of conj(w - P) / (w - P)^2, made periodic and of mean zero.

    A row of images has a closed form. The sums miss uniform terms, which cancel as the density of a cut sums to zero.
    """
    height = apart.imag - side * torch.round(apart.imag / side)
    wave = torch.exp(2j * math.pi / side * torch.complex(apart.real, height))
    first = 2j * math.pi / side**2 * height
    bent = torch.zeros_like(apart)
    for row in range(-_ROWS, _ROWS + 1):
        shifted = wave * math.exp(2 * math.pi * row)
        first = first + (1j * math.pi / side) * (shifted + 1) / (shifted - 1)
        bent = bent - (height - row * side) * 4 * shifted / (shifted - 1) ** 2
    return first, first - 2j * (math.pi / side) ** 2 * bent


def _tractions(tangents: Tensor) -> Tensor:
    """Normal plus i times shear traction [B, 3, N] on cuts under unit stress xx, yy and xy."""
    normal = 1j * tangents
    zero = torch.zeros_like(normal.real)
    forces = [
        torch.complex(normal.real, zero),
        torch.complex(zero, normal.imag),
        torch.complex(normal.imag, normal.real),
    ]
    return (torch.stack(forces, 1) / normal[:, None]).conj()


def _strain(opening: Tensor, normal: Tensor) -> Tensor:
    """(xx, yy, 2 xy) [B, 3, 3] of openings times lengths [B, 3, N] of cuts with these normals [B, 1, N]."""
    along = opening.real * normal.real
    across = opening.imag * normal.imag
    sheared = opening.real * normal.imag + opening.imag * normal.real
    return torch.stack([along, across, sheared], 2).sum(-1)


def _closing(density: Tensor, cuts: _Cuts) -> Tensor:
    """Share of cut length [B, 2] whose faces overlap, from densities [B, 2, N, M]."""
    # The opening is the running integral of the density; in the angle of the node it is a sum of sines.
    count = len(cuts.nodes)
    angle = math.pi * (torch.arange(count, device=cuts.nodes.device).double() + 0.5) / count
    order = torch.arange(1, count, device=cuts.nodes.device).double()
    waves = density @ (2 / count * torch.cos(order * angle[:, None])).to(density.dtype)
    opening = 8j * math.pi * waves / order @ torch.sin(order[:, None] * angle).to(density.dtype)
    across = (opening / (1j * cuts.tangents[:, None, :, None])).real
    return ((across < 0) * torch.sin(angle)).sum(-1).mean(-1) / torch.sin(angle).sum()
