"""Displacement of a slit sheet under tension, anywhere, from the dislocations that `slit_sheet` finds."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_kirigami.cuts.geometry import CUT_LENGTH
from zoo_kirigami.sheets.slit_sheet import Cuts, dislocations

_ROWS = 3
"""Rows of images on each side."""

_NODES = 6
"""Nodes on a lone cut: fewer than moduli need, for whoever looks at a picture sees no per mille."""

_POINTS = 500
"""How many points are worked out at a time."""

FACE = 1e-7
"""How far from a cut its faces are looked at, in units of the spacing."""


@dataclass(frozen=True)
class Stretch:
    """A pattern `[n, n]` under a stress along x or y that stretches it by a mean strain of `amount` that way."""

    cuts: Cuts
    moves: Tensor
    """Dislocations under that stress, complex `[T]`."""
    strain: Tensor
    """The mean strain, `[3]`: xx, yy, 2 xy."""
    poissons_ratio: float

    @classmethod
    def of(
        cls,
        angles: Tensor,
        direction: int,
        amount: float,
        poissons_ratio: float = 0.3,
        length: float = CUT_LENGTH,
    ) -> "Stretch":
        """`angles` `[n, n]` in degrees; `direction` 0 for x, 1 for y. The strain may be large in a picture: all that is
        said is in proportion to it."""
        cuts, solved, compliance = dislocations(angles[None], _NODES, length, poissons_ratio)
        stress = amount / compliance[0, direction, direction]
        return cls(cuts, solved[0, direction] * stress, compliance[0, :, direction] * stress, poissons_ratio)

    def at(self, places: Tensor) -> Tensor:
        """Displacement, complex `[P]`, of places, complex `[P]`, x to the right and y up, no more than half a cell
        outside of the cell. No point may lie on a cut."""
        return torch.cat([self._mean(part) + self._around(part) for part in torch.split(places, _POINTS)])

    def faces(self) -> list[Tensor]:
        """Outline `[k]` of the hole that each cut has become, from tip to tip and back."""
        nodes = self.cuts.nodes
        tangent = self.cuts.own(self.cuts.tangents)[0]
        places = self.cuts.points(nodes.between)[0]
        places = torch.where(nodes.first[0], places + FACE * tangent, places)
        left, right = (places + side * FACE * 1j * tangent for side in (1, -1))
        left, right = left + self.at(left), right + self.at(right)
        holes = []
        for number in range(len(self.cuts.centres)):
            own = nodes.cut[0] == number
            holes.append(torch.cat([left[own], right[own].flip(0)]))
        return holes

    def _mean(self, places: Tensor) -> Tensor:
        along, across, sheared = self.strain
        x, y = places.real, places.imag
        return torch.complex(along * x + sheared / 2 * y, sheared / 2 * x + across * y)

    def _around(self, places: Tensor) -> Tensor:
        """What is periodic, each cut being taken in the image that is nearest."""
        side = self.cuts.side
        away = places[:, None] - self.cuts.centres
        away = away - side * torch.complex(torch.round(away.real / side), torch.round(away.imag / side))
        edges = torch.tensor([side / 2, -side / 2, 0.5j * side, -0.5j * side]).to(away)
        right, left, top, bottom = self._raw(edges[:, None].expand(-1, away.shape[1]))
        tilted = (right - left) / side * away.real + (top - bottom) / side * away.imag
        displacements: Tensor = (self._raw(away) - tilted).sum(1)
        return displacements

    def _raw(self, away: Tensor) -> Tensor:
        """Displacement `[P, N]` by each cut and its images, up to what is uniform strain, at places `[P, N]` that are
        within half a period of its centre along x and y.

        2 mu u = kappa phi - z conj(phi') - conj(psi) with phi = g log z. The logarithm's cut runs along the cut and on
        from its end, where the dislocations of a cut sum to zero.
        """
        side, nodes = self.cuts.side, self.cuts.nodes
        own = nodes.cut[0].clamp(min=0)
        tangent = self.cuts.tangents[0, own]
        z = away[:, own] - self.cuts.half * nodes.at[0] * tangent
        ratio = 2j * math.pi / side
        root = torch.exp(ratio / 2 * z)
        wave = root.square()
        far_rows = torch.ones_like(wave)
        bent = z.imag * (0.5 + 1 / (wave - 1))
        for row in range(1, _ROWS + 1):
            up, down = math.exp(-2 * math.pi * row) * wave, math.exp(-2 * math.pi * row) / wave
            far_rows = far_rows * ((1 - up) * (1 - down))
            bent = bent + (z.imag - row * side) * down / (1 - down)
            bent = bent - (z.imag + row * side) * up / (1 - up)
        # Of factors that stay away from the negative axis.
        log = torch.log(z / tangent) + torch.log((root - 1 / root) / (2j * z)) + torch.log(far_rows)
        kappa = (3 - self.poissons_ratio) / (1 + self.poissons_ratio)
        moved = kappa * self.moves * log - self.moves * log.conj() - (self.moves * -2j * ratio * bent).conj()
        one_hot = nodes.cut[0][:, None] == torch.arange(len(self.cuts.centres), device=z.device)
        return (1 + self.poissons_ratio) * moved @ one_hot.to(moved)
