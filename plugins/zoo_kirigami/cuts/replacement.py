"""The dataset of the paper, cell by cell: random replacement of cuts (Felsch & Slesarenko 2024, section 3)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import config, njit
from numpy.typing import NDArray

from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length, cuts_cross

SWEEPS = 200
"""How often the paper replaces each cut. About five sweeps are enough to forget the base pattern."""


def replaced_cells(
    items: Sequence[int],
    seed: int,
    max_rotation: float,
    n: int = 6,
    sweeps: int = SWEEPS,
    cut_length: float = CUT_LENGTH,
) -> NDArray[np.float32]:
    """Patterns without crossings, float32 [len(items), n, n] in degrees, uniform over all such patterns.

    Each cell starts from the base pattern. In every sweep each cut, row by row, is replaced by one drawn uniformly
    within `max_rotation` degrees of its base angle from those that cross no neighbour. Drawing until none is crossed
    does just that, and makes the sweep a Gibbs sampler whose stationary law is the uniform one. Angles are rounded to
    float32 before they are tested, so that what is stored has no crossing.

    Cell i depends on `(seed, i)` only.
    """
    base = base_angles(n)
    half = checked_length(cut_length) / 2
    cells = np.empty((len(items), n, n), np.float32)

    def fill(row: int) -> None:
        rng = np.random.default_rng([seed, items[row]])
        cells[row] = _replace(rng, base, float(max_rotation), sweeps, half)

    with ThreadPoolExecutor(config.NUMBA_NUM_THREADS) as threads:
        list(threads.map(fill, range(len(items))))
    return cells


@njit(cache=True, nogil=True)
def _replace(rng: np.random.Generator, base: np.ndarray, max_rotation: float, sweeps: int, half: float) -> np.ndarray:
    n = len(base)
    angles = base.astype(np.float32)
    x, y = np.sin(np.deg2rad(base)), np.cos(np.deg2rad(base))
    for _ in range(sweeps):
        for i in range(n):
            for j in range(n):
                free = False
                while not free:
                    angles[i, j] = base[i, j] + max_rotation * (2 * rng.random() - 1)
                    radians = np.deg2rad(np.float64(angles[i, j]))
                    x[i, j], y[i, j] = np.sin(radians), np.cos(radians)
                    free = _is_free(x, y, i, j, half)
    return angles


@njit(cache=True, nogil=True)
def _is_free(x: np.ndarray, y: np.ndarray, i: int, j: int, half: float) -> bool:
    """Whether cut (i, j) crosses none of its eight neighbours."""
    n = len(x)
    for down in range(-1, 2):
        for right in range(-1, 2):
            if down != 0 or right != 0:
                p, q = (i + down) % n, (j + right) % n
                if cuts_cross(x[i, j], y[i, j], x[p, q], y[p, q], right, -down, half):
                    return False
    return True
