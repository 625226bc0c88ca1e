"""Symmetries of a cell that spare load cases: of a cubic cell two of the six, the others being their images."""

import functools
import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo_mechanics.voigt import PAIRS, rotate

Image = tuple[int, int, tuple[int, int, int], tuple[bool, bool, bool]]


@dataclass(frozen=True)
class Reduction:
    """The cases to be solved, and how each of the six comes from one of them."""

    cases: tuple[int, ...]
    images: tuple[Image, ...]
    """For each case: column among `cases`, sign, axes and flips of the operation."""

    def expand(self, box: Tensor) -> Tensor:
        """The six displacements `[3, B, X, Y, Z, 6]` from those of `cases` `[3, B, X, Y, Z, cases]`."""
        return torch.stack(
            [_image(box[..., column], sign, axes, flips) for column, sign, axes, flips in self.images], -1
        )


_IDENTITY = ((0, 1, 2), (False, False, False))
NONE = Reduction(tuple(range(6)), tuple((case, 1, *_IDENTITY) for case in range(6)))


def reduction(cell: Tensor, lattice: Tensor, base: Tensor) -> Reduction:
    """What the symmetries of a cell `[X, Y, Z]` allow: permutations and mirrors of its axes that leave the densities,
    the lattice `[3, 3]` and the base stiffness `[6, 6]` as they are."""
    cases: list[int] = []
    images: dict[int, Image] = {}
    leaves = functools.cache(functools.partial(_leaves, cell, lattice, base, _profiles(cell)))
    for case in range(6):
        if case in images:
            continue
        images[case] = (len(cases), 1, *_IDENTITY)
        for axes, flips in _operations():
            target, sign = _target(case, axes, flips)
            if target not in images and leaves(axes, flips):
                images[target] = (len(cases), sign, axes, flips)
        cases.append(case)
    return Reduction(tuple(cases), tuple(images[case] for case in range(6)))


def _operations() -> list[tuple[tuple[int, int, int], tuple[bool, bool, bool]]]:
    """Permutations and mirrors; mirrors alone move no case to another."""
    return [
        ((a, b, c), (d, e, f))
        for a, b, c in itertools.permutations(range(3))
        for d, e, f in itertools.product((False, True), repeat=3)
        if (a, b, c) != (0, 1, 2)
    ]


def _profiles(cell: Tensor) -> list[Tensor]:
    """Sums over the layers along each axis: if these differ, so do cells."""
    return [cell.double().sum([other for other in range(3) if other != axis]) for axis in range(3)]


def _leaves(
    cell: Tensor,
    lattice: Tensor,
    base: Tensor,
    profiles: list[Tensor],
    axes: tuple[int, int, int],
    flips: tuple[bool, bool, bool],
) -> bool:
    if [cell.shape[axis] for axis in axes] != list(cell.shape):
        return False
    for axis in range(3):
        turned = profiles[axes[axis]].flip(0) if flips[axis] else profiles[axes[axis]]
        if not torch.allclose(profiles[axis], turned, rtol=1e-6):
            return False
    turn = torch.zeros(3, 3, dtype=torch.float64)
    for axis in range(3):
        turn[axis, axes[axis]] = -1 if flips[axis] else 1
    vectors = lattice.double().cpu().T
    if not torch.allclose(vectors @ turn @ torch.linalg.inv(vectors), turn, atol=1e-9):
        return False
    base = base.double().cpu()
    if not torch.allclose(rotate(base, turn), base, rtol=1e-9, atol=1e-9 * float(base.abs().max())):
        return False
    return torch.equal(cell, _flip(cell.permute(axes), flips))


def _target(case: int, axes: tuple[int, int, int], flips: tuple[bool, bool, bool]) -> tuple[int, int]:
    """The case that a case is turned into, and its sign."""
    i, j = (axes.index(axis) for axis in PAIRS[case])
    sign = (-1 if flips[i] else 1) * (-1 if flips[j] else 1)
    return PAIRS.index((min(i, j), max(i, j))), sign


def _image(field: Tensor, sign: int, axes: tuple[int, int, int], flips: tuple[bool, bool, bool]) -> Tensor:
    """A turned displacement field `[3, B, X, Y, Z]`. A mirror takes node i to node -i, as node 0 lies on the face."""
    moved = field.permute(0, 1, *(axis + 2 for axis in axes))
    for axis in range(3):
        if flips[axis]:
            moved = moved.flip(axis + 2).roll(1, axis + 2)
    components = [-moved[axes[axis]] if flips[axis] else moved[axes[axis]] for axis in range(3)]
    return sign * torch.stack(components)


def _flip(cell: Tensor, flips: tuple[bool, bool, bool]) -> Tensor:
    return torch.flip(cell, [axis for axis in range(3) if flips[axis]])
