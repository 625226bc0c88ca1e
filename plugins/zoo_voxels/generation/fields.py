"""Periodic scalar fields made of products of sines and cosines, on the unit cell.

A field is a tensor of coefficients over the functions 1, cos 2 pi k x, sin 2 pi k x (0 < k <= n) of each axis, the
basis from which Yang et al. (2024, section 3.1) start their designs; they do not print n. The named minimal surfaces
are zero sets of such fields, in nodal approximation (von Schnering and Nesper 1991; Wohlgemuth et al. 2001).
"""

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
"""Coefficients `[2n + 1, 2n + 1, 2n + 1]`, an axis each for x, y and z, over the functions of `basis`."""

HARMONICS = 3


def basis(resolution: int, harmonics: int = HARMONICS) -> NDArray[np.float64]:
    """1, cos 2 pi k x, sin 2 pi k x (k = 1, …, n) at voxel centres x = (i + 1/2) / resolution: `[2n + 1, resolution]`
    for n `harmonics`."""
    x = (np.arange(resolution) + 0.5) / resolution
    phase = 2 * np.pi * np.arange(1, harmonics + 1)[:, None] * x
    return np.concatenate([np.ones((1, resolution)), np.cos(phase), np.sin(phase)])


def evaluate(field: Field, functions: NDArray[np.float64]) -> NDArray[np.float64]:
    """The field at voxel centres, `[d, d, d]`; `functions` is `basis(d)`."""
    size, d = functions.shape
    along_z = field.reshape(-1, size) @ functions
    along_yz = functions.T @ along_z.reshape(size, size, d)
    return (functions.T @ along_yz.reshape(size, d * d)).reshape(d, d, d)


def normalise(field: Field) -> Field:
    """The field with zero mean and unit variance over the cell (by Parseval)."""
    centred = field.copy()
    centred[0, 0, 0] = 0.0
    mean_square = np.where(_wave_numbers(len(field)) == 0, 1.0, 0.5)
    variance = np.einsum("ijk,i,j,k->", centred**2, mean_square, mean_square, mean_square)
    unit: Field = centred / np.sqrt(variance)
    return unit


def random_field(rng: np.random.Generator, harmonics: int = HARMONICS) -> Field:
    """Gaussian coefficients whose spread falls as 1 / |k|^2 with the wave vector k: long waves shape the cell."""
    square = _wave_numbers(2 * harmonics + 1) ** 2
    length = square[:, None, None] + square[:, None] + square
    coefficients: Field = rng.standard_normal(length.shape) / np.maximum(length, 1)
    return coefficients


def _wave_numbers(size: int) -> NDArray[np.int64]:
    """Of the functions of a basis of that size."""
    waves = np.arange(1, size // 2 + 1)
    return np.concatenate([[0], waves, waves])


def mirrored(field: Field) -> Field:
    """Its part that is symmetric under reflection in x = 1/2, in y = 1/2 and in z = 1/2: the cosines."""
    kept = np.zeros_like(field)
    cosines = slice(0, len(field) // 2 + 1)
    kept[cosines, cosines, cosines] = field[cosines, cosines, cosines]
    return kept


def cyclic(field: Field) -> Field:
    """f(x, y, z) + f(y, z, x) + f(z, x, y), which a third of a turn about the body diagonal leaves alone."""
    return field + field.transpose(2, 0, 1) + field.transpose(1, 2, 0)


def permuted(field: Field) -> Field:
    """The sum over the six permutations of the axes."""
    return cyclic(field) + cyclic(field.transpose(1, 0, 2))


def _minimal_surfaces() -> dict[str, Field]:
    one, c1, c2, _, s1, s2, _ = np.eye(2 * HARMONICS + 1)

    def product(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]) -> Field:
        outer: Field = np.einsum("i,j,k->ijk", x, y, z)
        return outer

    return {
        "gyroid": cyclic(product(s1, c1, one)),
        "primitive": cyclic(product(c1, one, one)),
        "diamond": product(s1, s1, s1) + cyclic(product(s1, c1, c1)),
        "i-wp": 2 * cyclic(product(c1, c1, one)) - cyclic(product(c2, one, one)),
        "neovius": 3 * cyclic(product(c1, one, one)) + 4 * product(c1, c1, c1),
        "f-rd": 4 * product(c1, c1, c1) - cyclic(product(c2, c2, one)),
        "fischer-koch-s": cyclic(product(c2, s1, c1)),
        "lidinoid": cyclic(product(s2, c1, s1)) - cyclic(product(c2, c2, one)) + 0.3 * product(one, one, one),
        "split-p": 1.1 * cyclic(product(s2, c1, s1))
        - 0.2 * cyclic(product(c2, c2, one))
        - 0.4 * cyclic(product(c2, one, one)),
    }


MINIMAL_SURFACES = _minimal_surfaces()
"""Fields by name; "primitive" and "diamond" are Schwarz P and D."""
