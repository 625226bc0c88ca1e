"""Bars that come too near to each other: that cross, nearly cross, or lie one upon the other."""

import numpy as np
from numba import njit

from zoo_voxels.generation.nets import Net


def crowded(net: Net, clearance: float, angle: float) -> bool:
    """Whether two bars that share no vertex are nearer than `clearance`, in the unit of the lattice, or two that do
    meet at less than `angle` degrees; translated copies included."""
    every = np.hstack([net.edges, net.shifts])
    return bool(crowding(every, every, net.vertices, net.lattice, clearance, angle))


@njit(cache=True, nogil=True)
def crowding(
    some: np.ndarray, bars: np.ndarray, vertices: np.ndarray, lattice: np.ndarray, clearance: float, angle: float
) -> bool:
    """`crowded` for `some` bars against `bars`: rows (vertex, vertex, shift), `[m, 5]`.

    Each bar of `some` in cell 0 is held against every copy of a bar whose box comes near its own.
    """
    reach = clearance * np.sqrt((np.linalg.inv(lattice) ** 2).sum(0))
    least_square, most_cosine = clearance**2, np.cos(np.radians(angle))
    span, other_span, gap = np.empty(3), np.empty(3), np.empty(3)
    first, last = np.empty(3, dtype=np.int64), np.empty(3, dtype=np.int64)
    for a in range(len(some)):
        i, j = some[a, 0], some[a, 1]
        _turn(vertices[i], vertices[j], some[a], lattice, span)
        for b in range(len(bars)):
            p, q = bars[b, 0], bars[b, 1]
            _turn(vertices[p], vertices[q], bars[b], lattice, other_span)
            for k in range(3):
                start, end = vertices[i, k], vertices[j, k] + some[a, 2 + k]
                other_start, other_end = vertices[p, k], vertices[q, k] + bars[b, 2 + k]
                first[k] = np.ceil(min(start, end) - max(other_start, other_end) - reach[k])
                last[k] = np.floor(max(start, end) - min(other_start, other_end) + reach[k])
            for x in range(first[0], last[0] + 1):
                for y in range(first[1], last[1] + 1):
                    for z in range(first[2], last[2] + 1):
                        to_x, to_y, to_z = x + bars[b, 2], y + bars[b, 3], z + bars[b, 4]
                        from_start = p == i and x == 0 and y == 0 and z == 0
                        from_end = p == j and x == some[a, 2] and y == some[a, 3] and z == some[a, 4]
                        to_start = q == i and to_x == 0 and to_y == 0 and to_z == 0
                        to_end = q == j and to_x == some[a, 2] and to_y == some[a, 3] and to_z == some[a, 4]
                        if (from_start and to_end) or (from_end and to_start):
                            continue
                        if from_start or to_end or from_end or to_start:
                            cosine = _cosine(span, other_span)
                            if (cosine if from_start or to_end else -cosine) > most_cosine:
                                return True
                            continue
                        for k in range(3):
                            gap[k] = (
                                (vertices[p, 0] + x - vertices[i, 0]) * lattice[0, k]
                                + (vertices[p, 1] + y - vertices[i, 1]) * lattice[1, k]
                                + (vertices[p, 2] + z - vertices[i, 2]) * lattice[2, k]
                            )
                        if _square_distance(span, other_span, gap) < least_square:
                            return True
    return False


@njit(cache=True, nogil=True)
def _turn(start: np.ndarray, end: np.ndarray, bar: np.ndarray, lattice: np.ndarray, span: np.ndarray) -> None:
    """The vector of a bar in space."""
    for k in range(3):
        span[k] = 0.0
        for n in range(3):
            span[k] += (end[n] + bar[2 + n] - start[n]) * lattice[n, k]


@njit(cache=True, nogil=True)
def _dot(one: np.ndarray, other: np.ndarray) -> float:
    product: float = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return product


@njit(cache=True, nogil=True)
def _cosine(one: np.ndarray, other: np.ndarray) -> float:
    cosine: float = _dot(one, other) / np.sqrt(_dot(one, one) * _dot(other, other))
    return cosine


@njit(cache=True, nogil=True)
def _square_distance(one: np.ndarray, other: np.ndarray, gap: np.ndarray) -> float:
    """Between the segments from 0 along `one` and from `gap` along `other`.

    The nearest points of the lines, if they lie on both segments; else one of the four ends is nearest.
    """
    a, b, c, d, e = _dot(one, one), _dot(one, other), _dot(other, other), _dot(one, gap), _dot(other, gap)
    square: float = _dot(gap, gap)
    determinant = a * c - b * b
    if determinant > 1e-12 * a * c:
        s, t = (d * c - e * b) / determinant, (d * b - e * a) / determinant
        if 0 <= s <= 1 and 0 <= t <= 1:
            square += s * (s * a - 2 * d) + t * (t * c + 2 * e) - 2 * s * t * b
            return square
    least = np.inf
    for t in (0.0, 1.0):
        s = min(max((d + t * b) / a, 0.0), 1.0)
        least = min(least, square + s * (s * a - 2 * d) + t * (t * c + 2 * e) - 2 * s * t * b)
    for s in (0.0, 1.0):
        t = min(max((s * b - e) / c, 0.0), 1.0)
        least = min(least, square + s * (s * a - 2 * d) + t * (t * c + 2 * e) - 2 * s * t * b)
    return least
