"""Cut patterns: straight cuts centred on a periodic square lattice (Felsch & Slesarenko 2024, section 3).

A pattern is a matrix of angles `[n, n]` in degrees, clockwise from the vertical: row i, column j holds the cut
centred at x = j, y = -i whose direction is (sin a, cos a). Neighbouring centres are one unit apart and every cut is
sqrt(3) long, so cuts of the base pattern can turn by 30 degrees before any two of them can meet. Cuts two or more
units apart never meet, which leaves 2 n^2 pairs of edge neighbours and 2 n^2 of diagonal neighbours; that holds for any
cut shorter than two units, and longer ones are refused. The paper does not mention the diagonal pairs; its "three out
of a million" admissible cells at 60 degrees (4.2 by our count, 6.5 without diagonals, 22 without the periodic border)
tells that it counts them.
"""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from zoo import ZooError

CUT_LENGTH = 3**0.5

OFFSETS = ((0, 1), (1, 0), (1, 1), (1, -1))
"""(row, column) steps from a cut to the neighbours it is paired with: right, below, below right, below left."""

_TOUCHING = 1e-12
"""Two collinear cuts that overlap have a signed overlap of zero, up to rounding, and count as crossing."""


def checked_length(cut_length: float) -> float:
    """The length of a cut in units of the lattice; ZooError unless it lies between 0 and 2, where cuts two units apart
    could meet and would not be counted."""
    if not 0 < cut_length < 2:
        raise ZooError(
            f"cut_length {cut_length:g} is not between 0 and 2 lattice units, the distance of second neighbours"
        )
    return float(cut_length)


def base_angles(n: int) -> NDArray[np.float64]:
    """The base pattern `[n, n]`: 0 degrees where row + column is even, else 90.

    ZooError if n is odd, for which the alternation is not periodic.
    """
    if n < 2 or n % 2:
        raise ZooError(f"a periodic pattern of alternating cuts needs an even number of rows, not {n}")
    odd = np.indices((n, n)).sum(0) % 2
    return np.where(odd, 90.0, 0.0)


def wrap_angles(angles: ArrayLike, max_rotation: float) -> NDArray[np.floating]:
    """The nearest patterns [..., n, n] within `max_rotation` degrees (0 to 90) of the base pattern.

    A cut is the same after half a turn. So each angle is first turned by multiples of 180 degrees until it lies
    within 90 degrees of its base, then clipped to `max_rotation` from it. Base 0 ends in [-m, m], base 90 in
    [90 - m, 90 + m], all in [-m, 90 + m]. At 90 degrees there is nothing to clip. Angles within their range keep
    every bit.
    """
    angles = np.asarray(angles)
    base = base_angles(angles.shape[-1]).astype(angles.dtype)
    turned = angles - 180 * np.rint((angles - base) / 180)
    wrapped: NDArray[np.floating] = np.clip(turned, base - max_rotation, base + max_rotation)
    return wrapped


def order(angles: NDArray[np.floating]) -> NDArray[np.floating]:
    """How much of the base pattern is left in patterns `[B, n, n]`: the mean of cos(2 b) over cuts, `[B]`, from -1 to
    1."""
    rotations = np.deg2rad(angles - base_angles(angles.shape[-1]))
    mean: NDArray[np.floating] = np.cos(2 * rotations).mean((1, 2))
    return mean


def crossing_pairs(angles: ArrayLike, cut_length: float = CUT_LENGTH) -> NDArray[np.bool_]:
    """Which neighbours cross: bool `[B, 4, n, n]` for patterns `[B, n, n]` of cuts of a length.

    Entry (k, i, j) is the cut (i, j) with that at `OFFSETS[k]` from it. Touching counts as crossing. ZooError unless
    the patterns are square, of even size and free of NaN, which would pass for not crossing.
    """
    x, y, half = _directions(angles, cut_length)
    flags: NDArray[np.bool_] = _crossing_pairs(x, y, half)
    return flags


def crossings(angles: ArrayLike, cut_length: float = CUT_LENGTH) -> NDArray[np.int64]:
    """How many pairs of neighbours cross: `[B]` for patterns `[B, n, n]`, of 4 n^2 pairs each (144 for n = 6)."""
    x, y, half = _directions(angles, cut_length)
    count: NDArray[np.int64] = _crossings(x, y, half)
    return count


def _directions(angles: ArrayLike, cut_length: float) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """x and y of the unit vector along each cut, and half its length."""
    angles = np.asarray(angles, dtype=np.float64)
    if angles.ndim != 3 or angles.shape[1] != angles.shape[2] or angles.shape[2] % 2:
        raise ZooError(f"cut patterns have the shape [B, n, n] with an even n, not {list(angles.shape)}")
    if not np.isfinite(angles).all():
        raise ZooError("cut patterns hold angles that are not finite")
    radians = np.deg2rad(angles)
    return np.sin(radians), np.cos(radians), checked_length(cut_length) / 2


@njit(cache=True, nogil=True)
def cuts_cross(ux: float, uy: float, vx: float, vy: float, dx: float, dy: float, half: float) -> bool:
    """Whether two cuts with unit directions u and v meet, the second centred at d from the first, |d| = 1 or sqrt(2).

    The lines meet at |d x v| / |u x v| and |d x u| / |u x v| from the two centres; neither may exceed half the
    length. Multiplied out, parallel cuts need no case of their own.
    """
    reach = half * abs(ux * vy - uy * vx)
    return reach - max(abs(dx * uy - dy * ux), abs(dx * vy - dy * vx)) > -_TOUCHING


@njit(cache=True, nogil=True)
def _crossing_pairs(x: np.ndarray, y: np.ndarray, half: float) -> np.ndarray:
    count, n, _ = x.shape
    flags = np.empty((count, 4, n, n), np.bool_)
    for cell in range(count):
        for k in range(4):
            for i in range(n):
                for j in range(n):
                    flags[cell, k, i, j] = _pair_crosses(x[cell], y[cell], k, i, j, half)
    return flags


@njit(cache=True, nogil=True)
def _crossings(x: np.ndarray, y: np.ndarray, half: float) -> np.ndarray:
    count, n, _ = x.shape
    total = np.zeros(count, np.int64)
    for cell in range(count):
        for k in range(4):
            for i in range(n):
                for j in range(n):
                    total[cell] += _pair_crosses(x[cell], y[cell], k, i, j, half)
    return total


@njit(cache=True, nogil=True)
def _pair_crosses(x: np.ndarray, y: np.ndarray, k: int, i: int, j: int, half: float) -> bool:
    n = len(x)
    down, right = OFFSETS[k]
    p, q = (i + down) % n, (j + right) % n
    crosses: bool = cuts_cross(x[i, j], y[i, j], x[p, q], y[p, q], right, -down, half)
    return crosses
