"""Symmetries of a cell that spare load cases: of a cubic cell two of the six, the others being their images."""

import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from zoo_mechanics.elasticity.voigt import PAIRS

if TYPE_CHECKING:
    from zoo_mechanics.homogenisation.mesh import Mesh
from zoo_mechanics.homogenisation.operations import Flips, Triple, flip, keeps, turn_matrix

Image = tuple[int, int, Triple, Flips, Triple]


@dataclass(frozen=True)
class Reduction:
    """The cases to be solved, and how each of the six comes from one of them."""

    cases: tuple[int, ...]
    images: tuple[Image, ...]
    """Where each case comes from: column among `cases`, sign, axes, flips and shift of the operation."""

    def expand(self, mesh: "Mesh", displacements: Tensor) -> Tensor:
        """The six displacements `[3, B, P, 6]` on a mesh from those of `cases` `[3, B, P, cases]`."""
        index = torch.arange(mesh.size, dtype=torch.int32, device=displacements.device).view(tuple(mesh.shape))
        own = mesh.grid % mesh.size
        upright = mesh.at(mesh.grid, displacements)
        fields = []
        for column, sign, axes, flips, shift in self.images:
            values = upright[..., column]
            if (axes, flips, shift) != _IDENTITY:
                nodes = _turned(index, axes, flips, shift).flatten()[own] + (mesh.grid - own)
                values = mesh.at(nodes, displacements)[..., column]
            fields.append(sign * torch.stack([-values[axes[i]] if flips[i] else values[axes[i]] for i in range(3)]))
        return mesh.placed(torch.stack(fields, -1))


_IDENTITY = ((0, 1, 2), (False, False, False), (0, 0, 0))
NONE = Reduction(tuple(range(6)), tuple((case, 1, *_IDENTITY) for case in range(6)))


def reduction(cell: Tensor, lattice: Tensor, base: Tensor) -> Reduction:
    """What the symmetries of a cell `[X, Y, Z]` allow: permutations and mirrors of its axes, with shifts along them (as
    glide planes and screw axes have), that leave the densities, the lattice `[3, 3]` and the base stiffness `[6, 6]`
    as they are."""
    layers = _alike(cell)
    if not any(layers[one][other] for one, other in ((0, 1), (0, 2), (1, 2))):
        return NONE
    cases: list[int] = []
    images: dict[int, Image] = {}
    find = functools.cache(functools.partial(_shift, cell, lattice, base, layers))
    for case in range(6):
        if case in images:
            continue
        images[case] = (len(cases), 1, *_IDENTITY)
        for axes, flips in _operations():
            target, sign = _target(case, axes, flips)
            if target not in images and (shift := find(axes, flips)) is not None:
                images[target] = (len(cases), sign, axes, flips, shift)
        cases.append(case)
    return Reduction(tuple(cases), tuple(images[case] for case in range(6)))


@functools.cache
def _operations() -> list[tuple[Triple, Flips]]:
    """Permutations and mirrors, turns of all three axes first; mirrors alone move no case to another."""
    turns: list[Triple] = [(1, 2, 0), (2, 0, 1), (0, 2, 1), (1, 0, 2), (2, 1, 0)]
    return [(turn, (a, b, c)) for turn in turns for a, b, c in itertools.product((False, True), repeat=3)]


def _alike(cell: Tensor) -> list[list[bool]]:
    """Which axes have equally many voxels, and layers whose volumes vary as strongly with each period: mirrors and
    shifts change nothing about that, so if these differ, so do cells."""
    volumes = [cell.double().sum([other for other in range(3) if other != axis]) for axis in range(3)]
    spectra = [torch.fft.rfft(volume).abs() for volume in volumes]
    close = 1e-6 * float(volumes[0].sum())
    return [
        [len(a) == len(b) and torch.allclose(one, other, atol=close) for b, other in zip(volumes, spectra, strict=True)]
        for a, one in zip(volumes, spectra, strict=True)
    ]


def _shift(
    cell: Tensor, lattice: Tensor, base: Tensor, layers: list[list[bool]], axes: Triple, flips: Flips
) -> Triple | None:
    """Shift, in voxels, of the turned cell from the cell; None if they are not alike."""
    if not (all(layers[axis][axes[axis]] for axis in range(3)) and keeps(lattice, base, turn_matrix(axes, flips))):
        return None
    turned = flip(cell.permute(axes), flips)
    if torch.equal(cell, turned):
        return 0, 0, 0
    overlap = torch.fft.irfftn(torch.fft.rfftn(cell) * torch.fft.rfftn(turned).conj(), s=cell.shape)
    x, y, z = (int(place) for place in torch.unravel_index(overlap.argmax(), cell.shape))
    return (x, y, z) if torch.equal(cell, turned.roll((x, y, z), (0, 1, 2))) else None


@functools.cache
def _target(case: int, axes: Triple, flips: Flips) -> tuple[int, int]:
    """The case that a case is turned into, and its sign."""
    i, j = (axes.index(axis) for axis in PAIRS[case])
    sign = (-1 if flips[i] else 1) * (-1 if flips[j] else 1)
    return PAIRS.index((min(i, j), max(i, j))), sign


def _turned(index: Tensor, axes: Triple, flips: Flips, shift: Triple) -> Tensor:
    """The nodes `[X, Y, Z]` that an operation takes to those of the box. A mirror takes node i to node -i, as node 0
    lies on the face."""
    mirrors = [axis for axis in range(3) if flips[axis]]
    along = [step + (axis in mirrors) for axis, step in enumerate(shift)]
    return index.permute(axes).flip(mirrors).roll(along, (0, 1, 2))
