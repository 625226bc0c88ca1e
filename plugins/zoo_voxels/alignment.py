"""Intersection over union of two periodic cells, modulo what does not change the material: shifts by whole voxels
across the periodic faces and the 48 symmetries of the cube.

For one symmetry, the intersections at all shifts are a correlation: a product of Fourier transforms, transformed back
and rounded to the integers that they are. All 48 at full resolution take long; so those few are tried that bring the
long waves of the two cells to best agreement, at some shift, on a coarse grid.
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from zoo_voxels.symmetries import SYMMETRIES, Symmetry, moved

WAVES = 5
"""The wave numbers along each axis that count as long, from -WAVES to WAVES."""
_GRID = 12
"""Points along each edge of the coarse grid: enough for products of long waves, which are as long."""

Modes = NDArray[np.complex64]
"""Fourier coefficients `[2 WAVES + 1] * 3` of a cell for the wave numbers from -WAVES to WAVES along each axis."""


def modes(cells: NDArray[np.bool_]) -> Modes:
    """The long waves of cells `[B, d, d, d]`: `[B, 2 WAVES + 1, …]`."""
    d = cells.shape[-1]
    wave = np.exp(-2j * np.pi / d * np.outer(np.arange(d), np.arange(-WAVES, WAVES + 1))).astype(np.complex64)
    half = wave[:, WAVES:]
    columns = np.ascontiguousarray(np.concatenate([half.real, half.imag], axis=1))
    along_z = (cells.astype(np.float32).reshape(-1, d) @ columns).reshape(len(cells), d, d, 2, -1)
    found = along_z[:, :, :, 0] + 1j * along_z[:, :, :, 1]
    found = np.moveaxis(np.tensordot(found, wave, (2, 0)), -1, 2)
    found = np.moveaxis(np.tensordot(found, wave, (1, 0)), -1, 1)
    # Cells are real: opposite waves have conjugate coefficients.
    other: Modes = np.concatenate([found[:, ::-1, ::-1, :0:-1].conj(), found], axis=3)
    return other


def descriptor(waves: Modes) -> NDArray[np.float32]:
    """Root power of the long waves `[B, …]`, taken together where a symmetry maps them to each other: `[B, n]`. Equal
    for cells that a shift or a symmetry maps to each other."""
    power = np.abs(waves.reshape(len(waves), -1)) ** 2
    together = np.zeros((power.shape[1], _ORBITS.max() + 1), dtype=np.float32)
    together[np.arange(len(_ORBITS)), _ORBITS] = 1
    roots: NDArray[np.float32] = np.sqrt(power @ together)
    return roots


def _orbits() -> NDArray[np.int64]:
    """For each wave vector the number of its orbit under the symmetries, by its sorted absolute components."""
    vectors = np.sort(np.abs(np.indices((2 * WAVES + 1,) * 3).reshape(3, -1) - WAVES), axis=0)
    return np.unique(vectors, axis=1, return_inverse=True)[1].ravel()


_ORBITS = _orbits()


def promising(one: Modes, other: Modes, count: int) -> list[Symmetry]:
    """The `count` symmetries of the cell behind `other` that bring it nearest to the one behind `one`, by long waves
    and at any shift of a coarse grid."""
    spectra = np.zeros((len(SYMMETRIES), _GRID, _GRID, _GRID // 2 + 1), dtype=np.complex64)
    places = np.arange(-WAVES, WAVES + 1) % _GRID
    products = np.stack([moved(other, symmetry) for symmetry in SYMMETRIES])[..., WAVES:].conj() * one[..., WAVES:]
    spectra[:, places[:, None], places, : WAVES + 1] = products
    peaks = scipy.fft.irfftn(spectra, s=(_GRID,) * 3, axes=(1, 2, 3)).max((1, 2, 3))
    return [SYMMETRIES[place] for place in np.argsort(-peaks, kind="stable")[:count]]


def aligned(one: NDArray[np.bool_], other: NDArray[np.bool_], symmetries: list[Symmetry]) -> float:
    """Highest IoU of two cells `[d, d, d]` over all periodic shifts and these symmetries; 1 if both are empty."""
    shape = one.shape
    known = scipy.fft.rfftn(one.astype(np.float32))
    common = 0
    for symmetry in symmetries:
        transform = scipy.fft.rfftn(moved(other, symmetry).astype(np.float32))
        common = max(common, round(float(scipy.fft.irfftn(known * transform.conj(), s=shape).max())))
    joint = np.count_nonzero(one) + np.count_nonzero(other) - common
    return common / joint if joint else 1.0
