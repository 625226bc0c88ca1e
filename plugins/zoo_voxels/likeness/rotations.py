"""The six axis rotations that augment the benchmark (VOXPLOER, section 3.1: 10,000 cells become 60,000).

The paper says "rotational augmentation" and no more; the authors' release takes the identity, a quarter turn about z,
about x, about x then y, about y, and about y then x. Each permutes the axes differently. Our turns are right-handed:
the one about x takes the y axis to the z axis.
"""

from typing import Any, TypeVar

import numpy as np
from torch import Tensor, rot90

Cells = TypeVar("Cells", np.ndarray, Tensor)

ROTATIONS = ("", "z", "x", "xy", "y", "yx")
"""The axes of the quarter turns that make up each rotation, first turn first."""

_PLANES = {"x": (2, 3), "y": (3, 1), "z": (1, 2)}
"""The turn about each axis takes the first of these array axes of a batch `[B, x, y, z]` to the second."""


def _matrix(axes: str) -> np.ndarray:
    turned = np.eye(3)
    for axis in axes:
        first, second = (plane - 1 for plane in _PLANES[axis])
        turn = np.eye(3)
        turn[[first, second]] = -turn[second], turn[first]
        turned = turn @ turned
    return turned


MATRICES = np.stack([_matrix(axes) for axes in ROTATIONS])
"""Each rotation as x -> R x, `[6, 3, 3]`: what turns with a cell."""


def rotate(cells: Cells, rotation: int) -> Cells:
    """Cells `[B, d, d, d]` turned by `ROTATIONS[rotation]`: the same voxels elsewhere, perhaps as a view."""
    turn: Any = np.rot90 if isinstance(cells, np.ndarray) else rot90
    for axis in ROTATIONS[rotation]:
        cells = turn(cells, 1, _PLANES[axis])
    return cells
