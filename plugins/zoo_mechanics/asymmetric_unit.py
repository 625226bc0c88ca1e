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
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from zoo_mechanics.symmetry import keeps
from zoo_mechanics.voigt import PAIRS

Operation = tuple[int, tuple[int, int, int]]
"""Which axes are flipped, as bits (1 is x), and by how many voxels the cell is shifted then."""

IDENTITY: Operation = (0, (0, 0, 0))
MOST_OPERATIONS = 64
MOST_TRIED = 64
"""Shifts that are tried for each choice of flipped axes: a homogeneous cell has more symmetries than are of use."""
_SAMPLE = 256
"""Solid voxels that are looked at before all are."""


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
    found: list[Generator] = []
    for flips, shifts in enumerate(_likely(cell)):
        if shifts and keeps(lattice, base, SIGNS[flips, :, 0].diag().double()):
            for shift in shifts:
                if (flips, shift) not in group and torch.equal(cell, _moved(cell, flips, shift)):
                    larger = _with(group, (flips, shift), cell.shape)
                    if larger is not None:
                        found.append(Generator(flips, shift, len(larger) // len(group)))
                        group = larger
    return tuple(found)


def _likely(cell: Tensor) -> Iterator[list[tuple[int, int, int]]]:
    """For each choice of flipped axes, shifts that leave the volumes of layers, and some voxels, as they are."""
    profiles = [cell.double().sum([other for other in range(3) if other != axis]).cpu() for axis in range(3)]
    fitting = [[_fitting(profile, flipped) for flipped in (False, True)] for profile in profiles]
    values = cell.flatten()
    solid = values.nonzero().squeeze(1)
    sample = solid[:: max(1, len(solid) // _SAMPLE)]
    position = torch.unravel_index(sample, cell.shape)
    for flips in range(8):
        choices = itertools.product(*(fitting[axis][_bit(flips, axis)] for axis in range(3)))
        shifts = [(x, y, z) for x, y, z in itertools.islice(choices, MOST_TRIED)]
        if shifts:
            images = _image(flips, torch.tensor(shifts, device=cell.device).T, cell.shape, position, back=1)
            shifts = list(itertools.compress(shifts, (values[images] == values[sample]).all(1).tolist()))
        yield shifts


def _fitting(profile: Tensor, flipped: bool) -> list[int]:
    """Shifts that leave the volumes of layers along an axis, flipped or not, as they are."""
    places = torch.arange(len(profile))
    shifted = (profile.flip(0) if flipped else profile)[(places - places[:, None]) % len(profile)]
    alike = torch.isclose(shifted, profile, rtol=1e-6, atol=1e-6).all(1).nonzero().flatten().tolist()
    return [shift for shift in alike if len(profile) % 2 or not shift % 2]


def _moved(cell: Tensor, flips: int, shift: tuple[int, int, int]) -> Tensor:
    return cell.flip([axis for axis in range(3) if _bit(flips, axis)]).roll(shift, (0, 1, 2))


def _with(group: set[Operation], new: Operation, sizes: Sequence[int]) -> set[Operation] | None:
    """The group of a group and its cosets by powers of a new operation; None where these are no group, or too many."""
    if {_after(new, one, sizes) for one in group} != {_after(one, new, sizes) for one in group}:
        return None
    found, power = set(group), new
    while power not in group:
        found |= {_after(power, one, sizes) for one in group}
        if len(found) > MOST_OPERATIONS:
            return None
        power = _after(power, new, sizes)
    return found


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
    """Of the displacements' components at the image of a place, `[8, 3, 6]` by flips, component and case."""
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
    """Which of n places are images of one another, each `[n]`."""

    number_of: Tensor
    """The number of each of these among all places of all boxes, `[B X Y Z]`; 0 for others."""
    first: Tensor
    """The number of one of the places of each place's orbit."""
    size: Tensor
    """How many places the orbit has."""
    flips: Tensor
    """Those of an operation that takes that one to this one."""
    fixed: Tensor
    """Flips that leave a place where it is, and with their products all such, as bits."""

    def signs(self, places: Tensor, cases: Sequence[int], like: Tensor) -> Tensor:
        """What displacements at the one place of each orbit are multiplied with at some of all places,
        `[3, places, cases]`: 0 for components that a symmetry keeps at 0."""
        numbers = self.number_of[places]
        signs, free = (table[:, :, list(cases)].to(like).flatten(1) for table in (SIGNS, _FREE))
        values = signs.index_select(0, self.flips[numbers])
        fixed = self.fixed[numbers]
        if bool(fixed.any()):
            values *= free.index_select(0, fixed)
        return values.view(len(places), 3, -1).transpose(0, 1).contiguous()

    def sizes(self, places: Tensor) -> Tensor:
        """How many places the orbits of some of all places have."""
        return self.size[self.number_of[places]]


def orbits(
    groups: Sequence[Sequence[Generator]],
    shape: tuple[int, int, int],
    of: Literal["voxels", "nodes"],
    among: Tensor,
    step: int = 1,
) -> Orbits:
    """The orbits of voxels, or of the nodes at their start, in boxes of `shape`, `step` times as coarse as the grid on
    which the groups were found. `among` are the places that are asked for, in order, with all images of theirs; they
    are numbered through all boxes."""
    box = shape[0] * shape[1] * shape[2]
    number_of = torch.zeros(len(groups) * box, dtype=torch.int64, device=among.device)
    number_of[among] = torch.arange(len(among), device=among.device)
    ends = torch.searchsorted(among, torch.arange(len(groups) + 1, device=among.device) * box).tolist()
    parts = []
    for cell, group in enumerate(groups):
        places = among[ends[cell] : ends[cell + 1]] - cell * box
        position = torch.unravel_index(places, shape)
        numbers = torch.arange(len(places), device=among.device)
        found = _Found(numbers, torch.ones_like(numbers), torch.zeros_like(numbers), torch.zeros_like(numbers))
        own = number_of[cell * box : (cell + 1) * box]
        for generator in group:
            shift = torch.tensor([[along // step] for along in generator.shift], device=among.device)
            image = _image(generator.flips, shift, shape, position, back=int(of == "voxels"))[0]
            found = _joined(found, own[image] - ends[cell], generator)
        parts.append((found.first + ends[cell], found.size, found.flips, found.fixed))
    return Orbits(number_of, *(torch.cat(column) for column in zip(*parts, strict=True)))


class _Found(NamedTuple):
    """Orbits as far as they are joined."""

    first: Tensor
    size: Tensor
    flips: Tensor
    fixed: Tensor


def _joined(found: _Found, image: Tensor, generator: Generator) -> _Found:
    """The orbits of a group with one more operation, which takes place i to place `image[i]`."""
    first, size, flips, fixed = found
    least, way, there, moved = first, flips, image, generator.flips
    met = torch.ones_like(size)
    bits = torch.tensor([1 << turn for turn in range(8)], device=first.device)
    for power in range(1, generator.index):
        if power > 1:
            there, moved = image[there], moved ^ generator.flips
        reached, flipped = first[there], flips[there] ^ moved
        stays = reached == first
        if bool(stays.any()):
            fixed = torch.where(stays, fixed | bits[flipped ^ flips], fixed)
            met = met + stays
        way = torch.where(reached < least, flipped, way)
        least = torch.minimum(reached, least)
    return _Found(least, size * (generator.index // met), way, fixed)


def _image(flips: int, shifts: Tensor, shape: Sequence[int], position: Sequence[Tensor], back: int) -> Tensor:
    """Where places of a box are taken, `[n, places]`: nodes, or with `back` 1 voxels; by shifts `[3, n]`."""
    found = torch.zeros(1, dtype=torch.int64, device=shifts.device)
    for axis, size in enumerate(shape):
        places = torch.arange(size, device=shifts.device)
        shift = shifts[axis, :, None]
        table = (shift - back - places if _bit(flips, axis) else places + shift) % size
        found = found * size + table.index_select(1, position[axis])
    return found
