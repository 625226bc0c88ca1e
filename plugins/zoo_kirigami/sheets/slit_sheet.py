"""The stiffness of a sheet with periodic straight slits: plane elasticity, faces free of traction, small strain.

A cut is a distribution of dislocations along a line. The stress of a doubly periodic lattice of dislocations follows
from the potentials of Kolosov and Muskhelishvili, summed in closed form along a row and by an exponentially
converging series over rows. Gauss-Chebyshev quadrature (Erdogan & Gupta 1972) turns "no traction on any cut" into a
dense linear system a pattern. Its nodes are drawn together where another cut is near (`sheets.slit_nodes`), which is
where even ones fail: exponentially accurate in the number of nodes, whatever the gaps. The mean strain that the cuts
add is the mean of their openings, so no field inside of the sheet is ever computed.

The sheet is isotropic and in plane stress. What cuts add to its compliance does not depend on its Poisson's ratio and
is in proportion to 1 / E (Cherkaev, Lurie & Milton 1992). Out-of-plane buckling, which thin sheets show early, is
excluded, and faces are free to overlap: `closing` says where that happens.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from zoo import ZooError
from zoo_kirigami.cuts.geometry import CUT_LENGTH, checked_length
from zoo_kirigami.sheets.lattice_sums import lattice_slopes, lattice_sums
from zoo_kirigami.sheets.slit_nodes import Nodes, graded_nodes

_CUTS = {"cpu": 36, "cuda": 36 * 64}
"""How many cuts are solved at a time: one cell of the paper's size fills the caches of a CPU."""

_UNDERESTIMATE = 20
"""The largest ratio of error to asymmetry in 28 random cells, 16 of 6 x 6 and 12 of 4 x 4, at 4 to 8 nodes, was 16."""


class SlitSheet(NamedTuple):
    """Effective properties of patterns `[B, n, n]`, E of the sheet being 1.

    `compliance` `[B, 3, 3]` relates strains (xx, yy, 2 xy) to stresses (xx, yy, xy). `error` `[B]` estimates the
    relative error that too few nodes leave in it, at about its largest: twenty times the asymmetry, for the solution is
    symmetric and its discretisation is not. Patterns with symmetries of their own, as the base pattern, hide it.
    `closing` `[B, 2]` is the share of cut length whose faces overlap under tension along x and along y.
    """

    compliance: Tensor
    error: Tensor
    closing: Tensor

    @property
    def youngs_modulus(self) -> Tensor:
        """Along x and y, `[B, 2]`, in units of the sheet's."""
        return 1 / self.compliance.diagonal(dim1=1, dim2=2)[:, :2]

    @property
    def poissons_ratio(self) -> Tensor:
        """nu_xy (pulled along x) and nu_yx (pulled along y), `[B, 2]`."""
        return -self.compliance[:, [1, 0], [0, 1]] * self.youngs_modulus

    @property
    def shear_modulus(self) -> Tensor:
        """`[B]`, in units of the sheet's Young's modulus."""
        return 1 / self.compliance[:, 2, 2]


def slit_sheet(angles: Tensor, *, poissons_ratio: float = 0.3, nodes: int = 8, length: float = CUT_LENGTH) -> SlitSheet:
    """Solve patterns `[B, n, n]` of angles in degrees, clockwise from the vertical, differentiably, in float64.

    `length` is that of a cut in units of the spacing, `nodes` the number of unknown complex numbers on a cut that is
    far from others; where cuts are near there are more, in proportion to it. The cost of a pattern grows with between
    the second and the third power of `nodes` n^2; the first derivative costs about twice as much again, and there is no
    second one. ZooError for another shape, angles that are not finite, fewer than 2 nodes, or a Poisson's ratio out of
    (-1, 1). Cuts that cross are solved as if they met with nothing in between, which means nothing: sort such patterns
    out before.
    """
    if angles.ndim != 3 or angles.shape[1] != angles.shape[2]:
        raise ZooError(f"cut patterns have the shape [B, n, n], not {list(angles.shape)}")
    if not angles.isfinite().all():
        raise ZooError("cut patterns hold angles that are not finite")
    if nodes < 2:
        raise ZooError(f"a cut needs at least 2 nodes, not {nodes}")
    if not -1 < poissons_ratio < 1:
        raise ZooError(f"the Poisson's ratio of an isotropic sheet lies in (-1, 1), not at {poissons_ratio}")
    half = checked_length(length) / 2
    size = max(1, _CUTS["cpu" if angles.device.type == "cpu" else "cuda"] // angles[0].numel())
    solved = [_solve(part, nodes, half) for part in torch.split(angles.double(), size)]
    added, closing = (torch.cat(part) for part in zip(*solved, strict=True))
    compliance = added + _uncut(poissons_ratio).to(added)
    mirrored = compliance.transpose(1, 2)
    size = compliance.detach().flatten(1).norm(dim=1)
    error = _UNDERESTIMATE * (compliance - mirrored).detach().flatten(1).norm(dim=1) / size
    return SlitSheet((compliance + mirrored) / 2, error, closing)


@torch.no_grad()
def dislocations(angles: Tensor, nodes: int, length: float, poissons_ratio: float) -> tuple["Cuts", Tensor, Tensor]:
    """The cuts of patterns `[B, n, n]`, the dislocations on them, complex `[B, 3, T]`, under unit stress xx, yy and xy,
    and the compliance as in `SlitSheet`. All patterns are solved at a time."""
    cuts = Cuts.of(angles.double(), nodes, checked_length(length) / 2)
    solved = torch.linalg.solve(_matrix(cuts), _load(cuts))
    compliance = _mean_strain(cuts) @ solved + _uncut(poissons_ratio).to(solved)
    return cuts, _complex(solved), (compliance + compliance.transpose(1, 2)) / 2


class Cuts(NamedTuple):
    """Cuts of a batch of patterns: where they are, and where on them the equations are written."""

    tangents: Tensor
    """Unit vectors along cuts as complex numbers, `[B, N]`, x to the right and y up."""
    centres: Tensor
    """Complex `[N]`."""
    nodes: Nodes
    half: float
    side: int

    @classmethod
    def of(cls, angles: Tensor, nodes: int, half: float) -> "Cuts":
        """The cuts of cells `[B, n, n]` in degrees, each of length 2 `half` and with so many nodes."""
        n = angles.shape[1]
        radians = torch.deg2rad(angles)
        tangents = torch.complex(radians.sin(), radians.cos())
        row, column = torch.meshgrid(*2 * [torch.arange(n, device=angles.device).double()], indexing="ij")
        placed = graded_nodes(tangents, half, nodes)
        return cls(tangents.flatten(1), torch.complex(column, -row).flatten(), placed, half, n)

    def own(self, values: Tensor) -> Tensor:
        """`[B, T]`, what belongs to the cut of each node, of values `[B, N]`."""
        return values.gather(1, self.nodes.cut.clamp(min=0))

    def points(self, places: Tensor) -> Tensor:
        """Points of the plane `[B, T]` for places `[B, T]` on the cuts."""
        return self.own(self.centres.expand_as(self.tangents)) + self.half * self.own(self.tangents) * places


def _solve(angles: Tensor, nodes: int, half: float) -> tuple[Tensor, Tensor]:
    """The compliance `[B, 3, 3]` that cuts add (strains by stresses), and the share of their length that closes `[B,
    2]`.

    Of the compliance F x with A x = b, the derivative is dF x + y (db - dA x) with y A = F. So both systems are solved
    without a graph, and what derivatives flow through is a sum whose last terms are zero but for their derivatives.
    """
    cuts = Cuts.of(angles, nodes, half)
    with torch.no_grad():
        factors = torch.linalg.lu_factor(_matrix(cuts))
        solved = torch.linalg.lu_solve(*factors, _load(cuts))
    added = _mean_strain(cuts) @ solved
    if angles.requires_grad:
        with torch.no_grad():
            adjoint = torch.linalg.lu_solve(*factors, _mean_strain(cuts).transpose(1, 2), adjoint=True).transpose(1, 2)
            load = adjoint @ _load(cuts)
            turning = _turning(cuts, _complex(solved), _complex(adjoint.transpose(1, 2)))
        turned = torch.deg2rad(angles - angles.detach()).flatten(1)
        added = added + (adjoint @ _load(cuts) - load) - (turning * turned[:, None, None]).sum(-1)
    return added, _closing(cuts, _complex(solved)[:, :2])


def _turning(cuts: Cuts, moves: Tensor, adjoint: Tensor) -> Tensor:
    """y A x by the angles of cuts in radians, `[B, 3, 3, N]`, for x and y complex `[B, 3, T]`."""
    slopes = lattice_slopes(_apart(cuts), cuts.side)
    first, second = lattice_sums(_apart(cuts), cuts.side)
    tangent = cuts.own(cuts.tangents)
    squared = tangent.square()[..., None]
    # A tangent sin(a) + i cos(a) turns at the rate -i times itself.
    swept = [-1j * cuts.half * tangent * places for places in (cuts.nodes.between, cuts.nodes.at)]
    x = moves.transpose(1, 2)
    y = (adjoint * cuts.nodes.free[:, None]).conj()
    spun = 2j * squared * (second @ x - first @ x.conj())
    straight, mirrored = slopes.first - squared * slopes.second, squared * slopes.first - slopes.uniform
    straight_conjugate = -slopes.uniform - squared * slopes.second_conjugate
    mirrored_conjugate = slopes.first.conj() - squared * slopes.uniform
    rows = swept[0][..., None] * (straight @ x + mirrored @ x.conj()) + swept[0].conj()[..., None] * (
        straight_conjugate @ x + mirrored_conjugate @ x.conj()
    )
    by_row = torch.einsum("bst,btl->bslt", y, rows + spun).real
    x, along = moves[:, None], swept[1][:, None, None]
    y = y[:, :, None]
    columns = along * ((y @ straight[:, None]) * x + (y @ mirrored[:, None]) * x.conj())
    columns = columns + along.conj() * (
        (y @ straight_conjugate[:, None]) * x + (y @ mirrored_conjugate[:, None]) * x.conj()
    )
    own = (cuts.nodes.cut[..., None] == torch.arange(cuts.tangents.shape[1], device=x.device)).double()
    return (by_row - columns.real) @ own[:, None]


def _uncut(poissons_ratio: float) -> Tensor:
    """The compliance `[3, 3]` of the sheet itself."""
    return torch.tensor([[1, -poissons_ratio, 0], [-poissons_ratio, 1, 0], [0, 0, 2 + 2 * poissons_ratio]]).double()


def _complex(stacked: Tensor) -> Tensor:
    """`[B, 3, T]` from real parts over imaginary ones `[B, 2 T, 3]`."""
    return torch.complex(*stacked.transpose(1, 2).chunk(2, 2))


def _matrix(cuts: Cuts) -> Tensor:
    """`[B, 2 T, 2 T]`, real parts before imaginary ones: tractions between nodes of dislocations at the nodes, then
    what closes a cut: its dislocations sum to zero, for each ends on it. Dummies are zero."""
    nodes = cuts.nodes
    straight, mirrored = _influence(cuts)
    same = (nodes.cut[:, :, None] == nodes.cut[:, None]) & nodes.first[..., None]
    closed = same | torch.diag_embed(nodes.cut < 0)
    straight = torch.where(nodes.free[..., None], straight, closed.to(straight.dtype))
    mirrored = mirrored * nodes.free[..., None]
    direct, turned = straight + mirrored, 1j * (straight - mirrored)
    return torch.cat([torch.cat([direct.real, turned.real], 2), torch.cat([direct.imag, turned.imag], 2)], 1)


def _influence(cuts: Cuts) -> tuple[Tensor, Tensor]:
    """Normal plus i times shear traction between nodes, straight g + mirrored conj(g), of dislocations g at nodes.

    A dislocation is the coefficient of the logarithm in the first potential. Both `[B, T, T]`.
    """
    first, second = lattice_sums(_apart(cuts), cuts.side)
    squared = cuts.own(cuts.tangents).square()[..., None]
    return first - squared * second, first.conj() + squared * first


def _apart(cuts: Cuts) -> Tensor:
    """Vectors from nodes to points between nodes, complex `[B, T, T]`."""
    return cuts.points(cuts.nodes.between)[:, :, None] - cuts.points(cuts.nodes.at)[:, None]


def _load(cuts: Cuts) -> Tensor:
    """`[B, 2 T, 3]`: what the tractions must make up for under unit stress xx, yy and xy."""
    normal = 1j * cuts.own(cuts.tangents)
    x, y = normal.real, normal.imag
    zero = torch.zeros_like(x)
    forces = torch.stack([torch.complex(x, zero), torch.complex(zero, y), torch.complex(y, x)], 2)
    load = -(forces / normal[..., None]).conj() * cuts.nodes.free[..., None]
    return torch.cat([load.real, load.imag], 1)


def _mean_strain(cuts: Cuts) -> Tensor:
    """`[B, 3, 2 T]`: strains xx, yy and 2 xy of a unit dislocation at each node, the mean over the cell."""
    arm = 8 * math.pi * cuts.half / cuts.side**2 * cuts.nodes.at
    x, y = (1j * cuts.own(cuts.tangents) * arm).real, (1j * cuts.own(cuts.tangents) * arm).imag
    zero = torch.zeros_like(x)
    return torch.cat([torch.stack([zero, y, x], 1), torch.stack([-x, zero, -y], 1)], 2)


def openings(dislocations: Tensor) -> Tensor:
    """How far the left face of each cut, looking along it, is from the right one, at the points between nodes: complex
    `[B, k, T]` from dislocations `[B, k, T]`."""
    return 8j * math.pi * (dislocations.cumsum(2) - dislocations)


def _closing(cuts: Cuts, dislocations: Tensor) -> Tensor:
    """Share of cut length `[B, k]` whose faces overlap, from dislocations `[B, k, T]`."""
    last = (cuts.nodes.first | (cuts.nodes.cut < 0)).roll(-1, 1)
    upper = torch.where(cuts.nodes.first.roll(1, 1), 1.0, cuts.nodes.at.roll(1, 1))
    length = (upper - torch.where(last, -1.0, cuts.nodes.at)) * cuts.nodes.free
    across = (openings(dislocations) / (1j * cuts.own(cuts.tangents))[:, None]).real
    share: Tensor = ((across < 0) * length[:, None]).sum(2) / length.sum(1, keepdim=True)
    return share
