"""Permutations and mirrors of a cell's axes, and what they leave as it is."""

import functools

import torch
from torch import Tensor

from zoo_mechanics.elasticity.voigt import rotate

Triple = tuple[int, int, int]
Flips = tuple[bool, bool, bool]


@functools.cache
def turn_matrix(axes: Triple, flips: Flips) -> Tensor:
    """The matrix `[3, 3]` of an operation: the axes permuted, then some of them reversed."""
    turn = torch.zeros(3, 3, dtype=torch.float64)
    for axis in range(3):
        turn[axis, axes[axis]] = -1 if flips[axis] else 1
    return turn


def keeps(lattice: Tensor, base: Tensor, turn: Tensor) -> bool:
    """Whether a permutation and mirrors of the axes `[3, 3]` leave a lattice `[3, 3]` and a stiffness `[6, 6]` as they
    are."""
    vectors = lattice.double().cpu().T
    if float((vectors @ turn - turn @ vectors).abs().max()) > 1e-9 * float(vectors.abs().max()):
        return False
    return _keeps_base(base.double().cpu().numpy().tobytes(), turn.numpy().tobytes())


@functools.lru_cache(maxsize=64)
def _keeps_base(base: bytes, turn: bytes) -> bool:
    stiffness = torch.frombuffer(bytearray(base), dtype=torch.float64).view(6, 6)
    turned = rotate(stiffness, torch.frombuffer(bytearray(turn), dtype=torch.float64).view(3, 3))
    return torch.allclose(turned, stiffness, rtol=1e-9, atol=1e-9 * float(stiffness.abs().max()))


def flip(cell: Tensor, flips: Flips) -> Tensor:
    """A cell `[X, Y, Z]` with the flagged axes reversed."""
    return torch.flip(cell, [axis for axis in range(3) if flips[axis]])
