"""The 48 symmetries of a cube: every order of the axes, each with every set of reversed axes."""

import itertools
from typing import NamedTuple

import numpy as np


class Symmetry(NamedTuple):
    """First the axes are reordered as by `np.transpose`, then some are reversed."""

    axes: tuple[int, ...]
    reversed: tuple[int, ...]


SYMMETRIES = tuple(
    Symmetry(axes, tuple(axis for axis in range(3) if signs >> axis & 1))
    for axes in itertools.permutations(range(3))
    for signs in range(8)
)
"""The first changes nothing."""


def moved(cell: np.ndarray, symmetry: Symmetry) -> np.ndarray:
    """An array `[d, d, d]` under a symmetry, as a view."""
    turned: np.ndarray = np.flip(cell.transpose(symmetry.axes), symmetry.reversed)
    return turned
