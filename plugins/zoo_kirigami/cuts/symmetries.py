"""The symmetries of the lattice, and how near two patterns are to each other but for them.

A pattern is seen as unit vectors e^(2 i a), one for each cut: a cut is the same after half a turn, and so are they. A
quarter turn of the sheet moves the cuts and turns each by 90 degrees, which changes the sign of its vector; a mirror
image changes the sign of its imaginary part. Half of the shifts keep the base pattern; where cuts may have any
direction, every shift is a symmetry.
"""

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.complex64]


def vectors(angles: NDArray[np.floating]) -> Vectors:
    """e^(2 i a) for angles a of any shape, in degrees."""
    doubled = np.deg2rad(2 * angles.astype(np.float64))
    unit: Vectors = np.exp(1j * doubled).astype(np.complex64)
    return unit


class Symmetries(NamedTuple):
    """Copy s of a pattern has, at each place, the cut that was at `source[s]` there, mirrored, then turned by 90
    degrees, where `mirrored[s]` and `turned[s]` say so. The first copy is the pattern itself."""

    source: NDArray[np.int64]
    """`[S, n, n]`, numbers of cuts row by row; S is 4 n^2, or 8 n^2 if cuts have any direction."""
    mirrored: NDArray[np.bool_]
    turned: NDArray[np.bool_]


@cache
def symmetries(n: int, *, any_direction: bool) -> Symmetries:
    """The symmetries of cells `[n, n]`, n even, of cuts that keep to the base pattern or have `any_direction`."""
    operations = []
    for mirrored in (False, True):
        places = np.arange(n * n).reshape(n, n)
        places = places[:, ::-1] if mirrored else places
        for turns in range(4):
            for down, right in product(range(n), repeat=2):
                # In a cell of even side a mirror image swaps the places of the two sorts of cuts. So does a quarter
                # turn, which turns the cuts as well.
                if any_direction or (down + right) % 2 == mirrored:
                    operations.append((np.roll(places, (down, right), (0, 1)), mirrored, turns % 2 == 1))
            places = np.rot90(places, -1)
    source, flips, quarters = zip(*operations, strict=True)
    return Symmetries(np.stack(source), np.array(flips), np.array(quarters))


def copies(cells: Vectors, *, any_direction: bool) -> Iterator[Vectors]:
    """All symmetric copies of cells `[B, n, n]`, themselves first."""
    n = cells.shape[-1]
    flat = cells.reshape(len(cells), -1)
    for source, mirrored, turned in zip(*symmetries(n, any_direction=any_direction), strict=True):
        copy = flat[:, source]
        copy = copy.conj() if mirrored else copy
        yield -copy if turned else copy


def distances(cells: Vectors, others: Vectors, *, any_direction: bool) -> NDArray[np.float64]:
    """The distances `[B, N]` between cells `[B, n, n]` and others `[N, n, n]`, but for symmetries.

    A distance is the root mean square of sin d, d the angle between two cuts: 0 for the same pattern, and about 0.7
    for two whose directions have nothing to do with each other.
    """
    flat = _flat(others).T
    best = np.full((len(cells), len(others)), -np.inf, np.float32)
    for copy in copies(cells, any_direction=any_direction):
        np.maximum(best, _flat(copy) @ flat, out=best)
    square = (1 - best.astype(np.float64) / cells[0].size) / 2
    least: NDArray[np.float64] = np.sqrt(square.clip(0))
    return least


def to_nearest_other(between: NDArray[np.float64]) -> NDArray[np.float64]:
    """The distance `[B]` of each of two things or more to the nearest other one, from those between all, `[B, B]`."""
    nearest: NDArray[np.float64] = _without_itself(between).min(1)
    return nearest


def to_nearest_other_without_each(between: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of `to_nearest_other` without each of three things or more, `[B]`."""
    others = _without_itself(between)
    first, second = np.partition(others, 1, axis=1)[:, :2].T
    more = np.bincount(others.argmin(1), second - first, minlength=len(others))
    means: NDArray[np.float64] = (first.sum() - first + more) / (len(others) - 1)
    return means


def _without_itself(between: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.eye(len(between), dtype=bool), np.inf, between)


def _flat(cells: Vectors) -> NDArray[np.float32]:
    """Real and imaginary parts side by side, `[B, 2 n^2]`."""
    rows = cells.reshape(len(cells), -1)
    return np.concatenate([rows.real, rows.imag], 1)
