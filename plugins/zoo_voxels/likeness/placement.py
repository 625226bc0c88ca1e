"""Training cells put in place beside a cell: shifted, turned and reflected so that their long waves fall together.

A cell and the one it was deformed from agree in their long waves, so that these, blurred, are what is compared: first
their power, which no shift and no symmetry changes (`alignment.descriptor`), then the waves themselves.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from zoo_voxels.likeness.alignment import WAVES, Modes, modes, orbit_lengths, spectrum
from zoo_voxels.likeness.symmetries import SYMMETRIES, moved

_BLUR = 1 / 20
"""Standard deviation of the Gaussian, in edges."""
_LONG, _GRID = 3, 8
"""Wave numbers that symmetries are chosen by, and the edge of a grid that holds them."""

Cells = NDArray[np.bool_]


def blurred(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the `descriptors` `[B, n]` of cells would be if these were blurred."""
    blurred: NDArray[np.float32] = descriptors * _decay(orbit_lengths()).astype(np.float32)
    return blurred


def like_powers(wanted: NDArray[np.float32], described: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """`count` rows of `described` `[N, n]`, or all there are, nearest to `wanted` `[n]` first."""
    gaps = (described**2).sum(1) - 2 * described @ wanted
    return np.argsort(gaps, kind="stable")[:count]


def in_place(cell: Cells, others: Cells, count: int) -> Cells:
    """The `count` of the others `[K, d, d, d]` whose long waves come nearest to those of the cell `[d, d, d]`, in the
    best of the 48 symmetries, moved by it and by the shift of highest overlap: `[count, d, d, d]`, or all there are."""
    theirs = _long(others)
    matches = _matches(_long(cell[None])[0], theirs)
    apart = (np.abs(theirs) ** 2).sum((1, 2, 3)) - 2 * matches.max(1)
    chosen = np.argsort(apart, kind="stable")[:count]
    whole = spectrum(cell)
    return np.stack([_shifted(whole, moved(others[row], SYMMETRIES[int(matches[row].argmax())])) for row in chosen])


def _matches(one: Modes, others: Modes) -> NDArray[np.float32]:
    """Highest correlation with each of the others under each symmetry, over the shifts of a coarse grid: `[K, 48]`."""
    shape = (len(others), len(SYMMETRIES))
    turned = others.reshape(len(others), -1)[:, _TURNS].reshape(*shape, *one.shape)
    spectra = np.zeros((*shape, _GRID, _GRID, _GRID // 2 + 1), dtype=np.complex64)
    places = np.arange(-_LONG, _LONG + 1) % _GRID
    spectra[:, :, places[:, None], places, : _LONG + 1] = one[..., _LONG:] * turned[..., _LONG:].conj()
    matches: NDArray[np.float32] = scipy.fft.irfftn(spectra, s=(_GRID,) * 3, axes=(2, 3, 4)).max((2, 3, 4)) * _GRID**3
    return matches


def _shifted(whole: NDArray[np.complex64], other: Cells) -> Cells:
    """The other cell, shifted to overlap most with that of this spectrum."""
    common = scipy.fft.irfftn(whole * spectrum(other).conj(), s=other.shape)
    shift = np.unravel_index(int(common.argmax()), other.shape)
    return np.roll(other, shift, (0, 1, 2))


def _long(cells: Cells) -> Modes:
    """Blurred waves of numbers up to `_LONG`, `[B, 2 _LONG + 1, …]`."""
    inner = slice(WAVES - _LONG, WAVES + _LONG + 1)
    vectors = np.indices((2 * _LONG + 1,) * 3) - _LONG
    long: Modes = modes(cells)[:, inner, inner, inner] * _decay((vectors**2).sum(0)).astype(np.float32)
    return long


def _decay(squared_lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """What the Gaussian leaves of waves of these squared lengths, in waves per edge."""
    left: NDArray[np.float64] = np.exp(-2 * (np.pi * _BLUR) ** 2 * squared_lengths)
    return left


def _turns() -> NDArray[np.int64]:
    """Where the waves of a cell under each symmetry lie among its own, up to a shift: `[48, n]`."""
    edge = 2 * _LONG + 1
    places = np.arange(edge**3).reshape((edge,) * 3)
    return np.stack([moved(places, symmetry).ravel() for symmetry in SYMMETRIES])


_TURNS = _turns()
