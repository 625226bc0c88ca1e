"""Intersection over union of two periodic cells, modulo what does not change the material: shifts by whole voxels
across the periodic faces and the 48 symmetries of the cube.

For one symmetry, the intersections at all shifts are a correlation: a product of Fourier transforms, transformed back
and rounded to the integers that they are. All 48 at full resolution take long; so that one is taken which brings the
waves of the two cells to best agreement, at some shift: all 48 are tried with long waves on a coarse grid, the best of
them with shorter ones.
"""

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from zoo_voxels.likeness.symmetries import SYMMETRIES, Symmetry, moved

WAVES = 5
"""The wave numbers along each axis that count as long, from -WAVES to WAVES."""
_FINE = 24
"""Voxels along each edge to which larger cells are halved before their symmetries are compared, or less than twice."""
_EQUAL = 1e-5
"""Correlations that differ by a smaller share are equal, up to rounding."""
_ROUNDING = 1
"""Voxels by which 32-bit floats may be wrong in what descriptors say of a difference."""

Modes = NDArray[np.complex64]
"""Fourier coefficients `[2 w + 1] * 3` of a cell for the wave numbers from -w to w along each axis."""


def modes(cells: NDArray[np.bool_]) -> Modes:
    """The long waves of cells `[B, d, d, d]`: `[B, 2 WAVES + 1, …]`."""
    d = cells.shape[-1]
    wave = np.exp(-2j * np.pi / d * np.outer(np.arange(d), np.arange(-WAVES, WAVES + 1))).astype(np.complex64)
    half = wave[:, WAVES:]
    columns = np.ascontiguousarray(np.concatenate([half.real, half.imag], axis=1))
    along_z = (cells.astype(np.float32).reshape(-1, d) @ columns).reshape(len(cells), d, d, 2, -1)
    upper = along_z[:, :, :, 0] + 1j * along_z[:, :, :, 1]
    upper = np.moveaxis(np.tensordot(upper, wave, (2, 0)), -1, 2)
    upper = np.moveaxis(np.tensordot(upper, wave, (1, 0)), -1, 1)
    # Cells are real: opposite waves have conjugate coefficients.
    other: Modes = np.concatenate([upper[:, ::-1, ::-1, :0:-1].conj(), upper], axis=3)
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


def orbit_lengths() -> NDArray[np.int64]:
    """The squared length of the waves that each entry of a `descriptor` takes together, in waves per edge: `[n]`."""
    lengths = np.zeros(_ORBITS.max() + 1, dtype=np.int64)
    lengths[_ORBITS] = ((np.indices((2 * WAVES + 1,) * 3).reshape(3, -1) - WAVES) ** 2).sum(0)
    return lengths


def waves(cells: NDArray[np.bool_]) -> Modes:
    """The waves of cells `[B, d, d, d]` that symmetries are compared by: those that their halves, or quarters, of no
    less than 24 voxels an edge hold."""
    d = cells.shape[-1]
    coarse = cells.astype(np.float32)
    while d % 2 == 0 and d >= 2 * _FINE:
        d //= 2
        for axis in (1, 2, 3):
            coarse = coarse.take(range(0, 2 * d, 2), axis) + coarse.take(range(1, 2 * d, 2), axis)
    most = (d - 1) // 2
    places = np.arange(-most, most + 1)
    transforms: Modes = scipy.fft.fftn(coarse, axes=(1, 2, 3))[:, places[:, None, None], places[:, None], places]
    return transforms


def best_symmetries(one: Modes, other: Modes, tried: int, d: int) -> list[Symmetry]:
    """The symmetries of the cell behind `other` that bring its `waves` nearest to those of `one`, at any shift of a
    grid, among those `tried` that do so best by long waves alone.

    It is one if the waves are all that cells `[d, d, d]` have. Of halved cells it is two: shifted by an odd number of
    voxels, another image may come nearer than the right one. There, those that do equally well count once, for a cell
    with symmetries of its own has many alike.
    """
    most = len(one) // 2
    long = slice(max(most - WAVES, 0), most + min(most, WAVES) + 1)
    halved = d >= 2 * _FINE
    best = _ranked(one[long, long, long], other[long, long, long], SYMMETRIES, halved)[:tried]
    return _ranked(one, other, best, halved)[: 2 if halved else 1]


def _ranked(one: Modes, other: Modes, symmetries: Sequence[Symmetry], distinct: bool) -> list[Symmetry]:
    """Symmetries by the highest correlation of `other` with `one`, at any shift of a grid that holds these waves; only
    the first of those that do equally well, if they are to be `distinct`."""
    most = len(one) // 2
    grid = 2 * most + 2
    spectra = np.zeros((len(symmetries), grid, grid, most + 2), dtype=np.complex64)
    places = np.arange(-most, most + 1) % grid
    products = np.stack([moved(other, symmetry)[..., most:] for symmetry in symmetries]).conj() * one[..., most:]
    spectra[:, places[:, None], places, : most + 1] = products
    peaks = scipy.fft.irfftn(spectra, s=(grid,) * 3, axes=(1, 2, 3)).max((1, 2, 3))
    order = np.argsort(-peaks, kind="stable")
    if distinct:
        falls = peaks[order[1:]] < (1 - _EQUAL) * peaks[order[:-1]]
        order = order[np.append(True, falls)]
    return [symmetries[place] for place in order]


def spectrum(cell: NDArray[np.bool_]) -> NDArray[np.complex64]:
    """What `aligned` wants of a cell `[d, d, d]`: the half of its Fourier transform that says all of a real one."""
    transform: NDArray[np.complex64] = scipy.fft.rfftn(cell.astype(np.float32))
    return transform


def aligned(one: NDArray[np.complex64], other: NDArray[np.bool_], symmetries: Sequence[Symmetry]) -> float:
    """Highest IoU of the cell with this `spectrum` and another `[d, d, d]` over all periodic shifts and these
    symmetries; 1 if both are empty."""
    common = 0
    for symmetry in symmetries:
        products = one * spectrum(moved(other, symmetry)).conj()
        common = max(common, round(float(scipy.fft.irfftn(products, s=other.shape).max())))
    joint = round(float(one[0, 0, 0].real)) + np.count_nonzero(other) - common
    return common / joint if joint else 1.0


def most_overlap(one: NDArray[np.float32], others: NDArray[np.float32], d: int) -> NDArray[np.float64]:
    """No shift and no symmetry brings the IoU of a cell `[d, d, d]` with others above this, by its `descriptor` `[n]`
    and theirs `[B, n]`: `[B]`.

    The L voxels in which two cells differ, times the number of voxels, are the squared distance of their spectra
    (Parseval), which is no less than that of parts of them, nor than that of their root powers. The IoU is
    (a + b - L) / (a + b + L), with a and b the sizes of the cells, their waves of length 0.
    """
    if d <= 2 * WAVES:
        return np.ones(len(others))
    gaps = ((one - others).astype(np.float64) ** 2).sum(1)
    both = one[0].astype(np.float64) + others[:, 0]
    differing = np.clip(gaps / d**3 - _ROUNDING, 0, both)
    overlap: NDArray[np.float64] = (both - differing) / np.maximum(both + differing, 1)
    return np.where(both > 0, overlap, 1.0)
