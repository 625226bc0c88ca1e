"""Sums over a square lattice of dislocations, in closed form along rows.

With u = exp(2 pi i w / side), a row of images r periods above has the sum (pi i / side) (1 + 2 I), I = 1 / (s - 1) and
s = u exp(2 pi r), of 1 / (w - P); I (1 + I), its derivative but for a factor, gives that of conj(w - P) / (w - P)^2.
The rows r = -1, 0, 1 are taken so; all others are a power series in u and 1 / u, for w lies within half a period of
row 0.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

_TERMS = 2
"""Terms of the series for the rows beyond the next ones: the third is below exp(-9 pi), 5e-13."""


class Slopes(NamedTuple):
    """Derivatives of `lattice_sums` with respect to w, and its conjugate for the second; for the first that is minus
    `uniform`."""

    first: Tensor
    second: Tensor
    second_conjugate: Tensor
    uniform: float


def lattice_sums(apart: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Sums over all images P of 1 / (w - P) and of conj(w - P) / (w - P)^2, made periodic and of mean zero.

    `apart` is w - P for one image, complex, `side` the period along x and y. The sums miss uniform terms, which cancel
    for dislocations that sum to zero.
    """
    height, wave = _wave(apart, side)
    ratio = 2j * math.pi / side
    first = ratio / side * height
    bent = torch.zeros_like(apart)
    for row in (-1, 0, 1):
        inverse = 1 / (wave * math.exp(2 * math.pi * row) - 1)
        first = first + ratio * (0.5 + inverse)
        bent = bent + (height - row * side) * inverse * (1 + inverse)
    for term, down, up, plain, weighted in _series(wave):
        first = first + ratio * plain * (down - up)
        bent = bent + term * (plain * height * (down + up) - weighted * side * (down - up))
    return first, first + 2j * abs(ratio) ** 2 * bent


def lattice_slopes(apart: Tensor, side: int) -> Slopes:
    """How the sums of `lattice_sums` change as w moves."""
    height, wave = _wave(apart, side)
    ratio = 2j * math.pi / side
    square, cube = torch.zeros_like(apart), torch.zeros_like(apart)
    for row in (-1, 0, 1):
        inverse = 1 / (wave * math.exp(2 * math.pi * row) - 1)
        curved = inverse * (1 + inverse)
        square = square + curved
        cube = cube + (height - row * side) * (1 + 2 * inverse) * curved
    for term, down, up, plain, weighted in _series(wave):
        square = square + term * plain * (down + up)
        cube = cube + term**2 * (plain * height * (down - up) - weighted * side * (down + up))
    uniform = math.pi / side**2
    square = abs(ratio) ** 2 * square
    second = 2 * square + uniform - 2j * ratio * abs(ratio) ** 2 * cube
    return Slopes(square + uniform, second, -square - uniform, uniform)


def _wave(apart: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """How far w is above its image in row 0, and u there."""
    height = apart.imag - side * torch.round(apart.imag / side)
    return height, torch.exp(2j * math.pi / side * torch.complex(apart.real, height))


def _series(wave: Tensor) -> Iterator[tuple[int, Tensor, Tensor, float, float]]:
    """A power k, u to the powers -k and k, and the sums over r = 2, 3, ... of exp(-2 pi k r) and of r times that."""
    down, up = torch.ones_like(wave), torch.ones_like(wave)
    inverse = 1 / wave
    for term in range(1, _TERMS + 1):
        down, up = down * inverse, up * wave
        small = math.exp(-2 * math.pi * term)
        plain = small**2 / (1 - small)
        yield term, down, up, plain, plain * (2 + small / (1 - small))
