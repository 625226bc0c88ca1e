"""How a property turns with its structure."""

from typing import Literal

import torch
from torch import Tensor

Kind = Literal["scalar", "axes", "vector", "tensor", "voigt"]
"""How the values of a property turn when the structure is turned by x -> R x:

- `scalar`: they stay, whatever their shape.
- `axes`: numbers that belong to axes, as Young's moduli `[3]`, and go with them; for two axes, as Poisson's ratios,
  `[3, 3]`. They keep their sign. A number whose name has its axes in it, as `Ex` or `nu_xy`, is one of them.
- `vector`: `[3]`, R v.
- `tensor`: `[3, 3]`, R T R^T. So does the lattice, vectors as rows: the cell and its lattice turn in space as one.
- `voigt`: `[6, 6]`, stiffness or compliance in Voigt's or Mandel's notation, order xx, yy, zz, yz, xz, xy.
"""
SHAPES: dict[Kind, tuple[tuple[int, ...], ...]] = {
    "axes": ((3,), (3, 3)),
    "vector": ((3,),),
    "tensor": ((3, 3),),
    "voigt": ((6, 6),),
}
"""The shapes that arrays of each kind may have; a scalar may have any."""

PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""The axes behind Voigt's six components."""
_PLACES = torch.tensor([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
"""Voigt's component for each pair of axes."""


def turn_property(values: Tensor, kind: Kind, rotations: Tensor) -> Tensor:
    """Values `[B, ...]` of a property after turns x -> R x `[B, 3, 3]` that take axes to axes, each either way: every
    row and column of R has one 1 or -1. Numbers only change places and signs, so NaN stays where it belongs."""
    if kind == "scalar":
        return values
    rotations = rotations.to(values.device)
    source, sign = rotations.abs().argmax(2), rotations.sum(2).to(values.dtype)
    if kind == "voigt":
        first, second = torch.tensor(PAIRS, device=values.device).T
        sign = sign[:, first] * sign[:, second]
        source = _PLACES.to(values.device)[source[:, first], source[:, second]]
    rows = torch.arange(len(values), device=values.device)
    if values.dim() == 2:
        return values[rows[:, None], source] * (1 if kind == "axes" else sign)
    moved = values[rows[:, None, None], source[:, :, None], source[:, None, :]]
    return moved if kind == "axes" else moved * (sign[:, :, None] * sign[:, None, :])
