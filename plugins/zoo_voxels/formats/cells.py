"""Cells of the domain from the values of a file."""

import numpy as np
from numpy.typing import NDArray
from skimage.transform import resize

from zoo import Card, Entry, ZooError, shape_words

UNITS = {"volume_fraction": ""}
CARD = Card("Voxel cells", "", edition="own", licence="not stated", units=UNITS)
"""That of files which may be anyone's."""


def checked_threshold(threshold: float | None) -> float | None:
    """ZooError for one that nothing is above or below."""
    if threshold is not None and not np.isfinite(threshold):
        raise ZooError(f"threshold {threshold:g} is not a finite number")
    return threshold


def cell_of(values: np.ndarray, threshold: float | None = None) -> NDArray[np.bool_]:
    """The cell `[d, d, d]` of an array of bool, of 0 and 1, or of any numbers, solid above `threshold`.

    ZooError for an array that is not a cube, holds NaN or has grey values and no threshold.
    """
    _check(values)
    if threshold is not None:
        return values > threshold
    if values.dtype != bool and not ((values == 0) | (values == 1)).all():
        low, high = values.min(), values.max()
        raise ZooError(
            f"it has grey values from {low:g} to {high:g}: tell the importer what is solid, by --set threshold=VALUE "
            "for zoo data import, --set importer.threshold=VALUE for zoo evaluate, --threshold VALUE for zoo mesh and "
            "zoo picture."
        )
    return values.astype(bool)


def _check(values: np.ndarray) -> None:
    """ZooError for an array that is not a cube of numbers."""
    if values.ndim != 3 or len(set(values.shape)) != 1:
        raise ZooError(f"its shape is {shape_words(values.shape)}; a cell is a cube.")
    if values.dtype.kind not in "biuf":
        raise ZooError(f"it holds {values.dtype}, expected numbers.")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ZooError("it holds NaN or infinities.")


def read_cell(values: np.ndarray, threshold: float | None, resolution: int | None) -> Entry:
    """The entry of an array, see `cell_of` and `resized`."""
    return entry_of(resized(cell_of(values, threshold), resolution))


def read_densities(values: np.ndarray, threshold: float | None, resolution: int | None) -> Entry:
    """The entry of an array, see `read_cell`; without a threshold and a new resolution its values stay densities."""
    if threshold is not None or resolution is not None:
        return read_cell(values, threshold, resolution)
    _check(values)
    return Entry(values.astype(np.float32), {"volume_fraction": float(values.mean())})


def entry_of(cell: NDArray[np.bool_], **properties: float | NDArray[np.floating]) -> Entry:
    """The entry of a cell, with its `volume_fraction`."""
    return Entry(cell.astype(np.uint8), {"volume_fraction": float(cell.mean()), **properties})


def resized(cell: NDArray[np.bool_], resolution: int | None) -> NDArray[np.bool_]:
    """The cell at another resolution, if one is given: `skimage.transform.resize` of its densities, linear and
    smoothed first when it shrinks, solid above one half. Beyond its faces the cell goes on periodically."""
    if resolution in (None, len(cell)):
        return cell
    densities = resize(cell.astype(np.float32), (resolution,) * 3, order=1, mode="wrap", anti_aliasing=True)
    solid: NDArray[np.bool_] = densities > 0.5
    return solid
