"""The asymmetric unit of a cell: a part of it whose images under the cell's symmetries are all the rest.

A strained cell relaxes as symmetrically as it is built, up to signs: where an operation takes x to T x + s, T being a
mirror, a two-fold turn about an axis or the inversion, the displacement under the unit strain ij obeys

    u_ij(T x + s) = t_i t_j T u_ij(x),  T = diag(t)

So one part of the cell is solved, and the rest is its images. Shifts s include those of glide planes, screw axes and
centred lattices.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from zoo_mechanics.elasticity.voigt import PAIRS
from zoo_mechanics.homogenisation.operations import keeps

Operation = tuple[int, tuple[int, int, int]]
"""Which axes are flipped, as bits (1 is x), and by how many voxels the cell is shifted then."""

IDENTITY: Operation = (0, (0, 0, 0))
MAX_OPERATIONS = 64
MAX_SHIFTS = 64
"""Shifts that are tried for each choice of flipped axes: a homogeneous cell has more symmetries than are of use."""
_SAMPLE = 64
"""Solid voxels that are looked at before all are."""
_FLIPS = 3
"""Bits of the flips, which stand below the number of a place, so that the least of both is found at once."""
_ALL_FLIPS = (1 << _FLIPS) - 1


@dataclass(frozen=True)
class Generator:
    """An operation that makes a group `index` times as large."""

    flips: int
    shift: tuple[int, int, int]
    index: int


def generators(cell: Tensor, lattice: Tensor, base: Tensor) -> tuple[Generator, ...]:
    """What generates, one after the other, a group of operations that leave the densities `[X, Y, Z]`, the lattice
    `[3, 3]` and the base stiffness `[6, 6]` as they are. Shifts are even along axes with an even number of voxels, so
    that they are symmetries of a grid twice as coarse, too."""
    group = {IDENTITY}
    chosen: list[Generator] = []
    for flips, shifts in enumerate(_likely(cell)):
        if shifts and keeps(lattice, base, SIGNS[flips, :, 0].diag().double()):
            for shift in shifts:
                if (flips, shift) not in group and torch.equal(cell, _moved(cell, flips, shift)):
                    larger = _with(group, (flips, shift), cell.shape)
                    if larger is not None:
                        chosen.append(Generator(flips, shift, len(larger) // len(group)))
                        group = larger
    return tuple(chosen)


def _likely(cell: Tensor) -> Iterator[list[tuple[int, int, int]]]:
    """Shifts, for each choice of flipped axes, that leave the volumes of layers, and some voxels, as they are."""
    columns = cell.sum(2, dtype=torch.float64)
    profiles = [columns.sum(1).cpu(), columns.sum(0).cpu(), cell.sum((0, 1), dtype=torch.float64).cpu()]
    fitting = [[_fitting(profile, flipped) for flipped in (False, True)] for profile in profiles]
    values = cell.flatten()
    solid = values.nonzero().squeeze(1)
    sample = solid[:: max(1, len(solid) // _SAMPLE)]
    position = torch.unravel_index(sample, cell.shape)
    for flips in range(8):
        choices = itertools.product(*(fitting[axis][_bit(flips, axis)] for axis in range(3)))
        shifts = [(x, y, z) for x, y, z in itertools.islice(choices, MAX_SHIFTS)]
        if shifts:
            images = _images(flips, torch.tensor(shifts, device=cell.device), cell.shape, position)
            shifts = list(itertools.compress(shifts, (values[images] == values[sample]).all(1).tolist()))
        yield shifts


def _images(flips: int, shifts: Tensor, shape: Sequence[int], position: Sequence[Tensor]) -> Tensor:
    """Where shifts `[n, 3]` and flips take voxels, `[n, voxels]`."""
    index = torch.zeros(1, dtype=torch.int64, device=shifts.device)
    for axis, size in enumerate(shape):
        way = -1 - position[axis] if _bit(flips, axis) else position[axis]
        index = index * size + (way + shifts[:, axis, None]) % size
    return index


def _fitting(profile: Tensor, flipped: bool) -> list[int]:
    """Shifts that leave the volumes of layers along an axis, flipped or not, as they are."""
    places = torch.arange(len(profile))
    shifted = (profile.flip(0) if flipped else profile)[(places - places[:, None]) % len(profile)]
    alike = torch.isclose(shifted, profile, rtol=1e-6, atol=1e-6).all(1).nonzero().flatten().tolist()
    return [shift for shift in alike if len(profile) % 2 or not shift % 2]


def _moved(cell: Tensor, flips: int, shift: tuple[int, int, int]) -> Tensor:
    return cell.flip([axis for axis in range(3) if _bit(flips, axis)]).roll(shift, (0, 1, 2))


def _with(group: set[Operation], new: Operation, sizes: Sequence[int]) -> set[Operation] | None:
    """A group with its cosets by powers of a new operation; None where these are not a group, or too many."""
    if {_after(new, one, sizes) for one in group} != {_after(one, new, sizes) for one in group}:
        return None
    larger, power = set(group), new
    while power not in group:
        larger |= {_after(power, one, sizes) for one in group}
        if len(larger) > MAX_OPERATIONS:
            return None
        power = _after(power, new, sizes)
    return larger


def _after(one: Operation, other: Operation, sizes: Sequence[int]) -> Operation:
    """`other`, then `one`."""
    x, y, z = (
        (there - step if _bit(one[0], axis) else there + step) % size
        for axis, (there, step, size) in enumerate(zip(one[1], other[1], sizes, strict=True))
    )
    return one[0] ^ other[0], (x, y, z)


def _bit(flips: int, axis: int) -> bool:
    return bool(flips >> axis & 1)


def _signs() -> Tensor:
    """Signs of the displacement's components at the image of a place, `[8, 3, 6]` by flips, component and case."""
    turned = torch.tensor([[-1.0 if _bit(flips, axis) else 1.0 for axis in range(3)] for flips in range(8)])
    strained = torch.stack([turned[:, i] * turned[:, j] for i, j in PAIRS], 1)
    return turned[:, :, None] * strained[:, None]


SIGNS = _signs()
_FREE = torch.stack(
    [(SIGNS[[flips for flips in range(8) if not flips or bits >> flips & 1]].amin(0) + 1) / 2 for bits in range(256)]
)
"""Whether a component may differ from 0 where flips, as the bits of the row, leave a place as it is, `[256, 3, 6]`."""


def alike(group: Sequence[Generator]) -> Tensor:
    """Which pairs of load cases `[6, 6]` have the same signs under a group; the stiffness between others is 0."""
    signs = SIGNS[[0, *(one.flips for one in group)], 0]
    return (signs[:, :, None] == signs[:, None]).all(0)


@dataclass(frozen=True)
class Orbits:
    """Which places of boxes are images of one another; all `[B X Y Z]`, numbered through all boxes."""

    first: Tensor
    """The least number in each place's orbit, int64."""
    flips: Tensor
    """Those of an operation that takes that place to this one, int32."""
    fixed: Tensor
    """Flips that leave a place where it is, and with their products all such, as bits, int32."""

    def signs(self, places: Tensor, cases: Sequence[int], like: Tensor) -> Tensor:
        """What displacements at the first of each orbit are multiplied with at some places, `[3, places, cases]`: 0 for
        components that a symmetry keeps at 0."""
        signs, free = (table[:, :, list(cases)].to(like).flatten(1) for table in (SIGNS, _FREE))
        values = signs.index_select(0, self.flips[places])
        fixed = self.fixed[places]
        if bool(fixed.any()):
            values *= free.index_select(0, fixed)
        return values.view(len(places), 3, -1).transpose(0, 1).contiguous()

    def sizes(self, places: Tensor) -> Tensor:
        """How many places the orbits of some have."""
        return torch.bincount(self.first)[self.first[places]]


def orbits(
    groups: Sequence[Sequence[Generator]],
    shape: tuple[int, int, int],
    of: Literal["voxels", "nodes"],
    device: torch.device,
    step: int = 1,
) -> Orbits:
    """The orbits of voxels, or of the nodes at their start, in boxes of `shape`, `step` times as coarse as the grid on
    which the groups were found. A box has less than 2^28 places."""
    number = torch.arange(shape[0] * shape[1] * shape[2], device=device, dtype=torch.int32).view(shape)
    columns = []
    for box, group in enumerate(groups):
        code, fixed = number << _FLIPS, torch.zeros_like(number)
        for generator in group:
            code, fixed = _joined(code, fixed, generator, of, step)
        first = (code >> _FLIPS).long() + box * number.numel()
        columns.append((first, code & _ALL_FLIPS, fixed))
    return Orbits(*(torch.stack(column).flatten() for column in zip(*columns, strict=True)))


def _joined(
    code: Tensor, fixed: Tensor, generator: Generator, of: Literal["voxels", "nodes"], step: int
) -> tuple[Tensor, Tensor]:
    """First places with flips, and what is fixed, which is changed in place, under a group with one more operation; all
    `[X, Y, Z]`."""
    least, there, moved = code, code, 0
    for _ in range(1, generator.index):
        there, moved = _where_moved(there, generator, of, step), moved ^ generator.flips
        reached = there ^ moved
        between = reached ^ code
        stays = between <= _ALL_FLIPS
        where = stays.nonzero(as_tuple=True)
        fixed[where] |= 1 << between[where]
        least = torch.minimum(least, reached)
    return least, fixed


def _where_moved(values: Tensor, generator: Generator, of: Literal["voxels", "nodes"], step: int) -> Tensor:
    """What stands where an operation takes each place, `[X, Y, Z]`. A mirror takes voxel i to -1 - i, and node i to
    -i."""
    shifts = [along // step for along in generator.shift]
    x, y, z = (shift + (of == "nodes") if _bit(generator.flips, axis) else -shift for axis, shift in enumerate(shifts))
    return _moved(values, generator.flips, (x, y, z))
