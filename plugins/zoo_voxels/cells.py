"""Cells from whatever file they lie in."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError, read_array, read_samples
from zoo_voxels.components.importers.metatruss_published import PublishedMetaTruss, read_packed

_SAMPLES = "samples.safetensors"


def read_cells(path: Path, threshold: float | None = None) -> NDArray[np.bool_]:
    """Cells `[n, d, d, d]` of a run's folder, or of a `.safetensors`, `.npz` or `.npy` file as `zoo sample` writes it.

    Grey values need a `threshold`, above which they are solid. ZooError for what is not there or holds no cells.
    """
    if path.is_dir() and not (path / _SAMPLES).exists():
        raise ZooError(f"{path}: a folder without {_SAMPLES}, and so no run with samples.")
    path = path / _SAMPLES if path.is_dir() else path
    if not path.exists():
        raise ZooError(f"{path}: no such file.")
    values = read_samples(path) if path.suffix == ".safetensors" else _read_arrays(path)
    if values.ndim not in (3, 4) or len(set(values.shape[-3:])) != 1 or not values.size:
        raise ZooError(f"{path}: its structures are {list(values.shape)}, expected [n, d, d, d].")
    values = values.reshape(-1, *values.shape[-3:])
    if threshold is not None:
        return values > threshold
    if not np.isin(values, (0, 1)).all():
        raise ZooError(f"{path}: it holds grey values; say above which they are solid, with --threshold.")
    return values.astype(bool)


def _read_arrays(path: Path) -> np.ndarray:
    """An array as it lies in the file, or the cells of bits in the form in which MetaTruss is published."""
    if PublishedMetaTruss.recognises(path):
        try:
            return read_packed(path)
        except ZooError as error:
            raise ZooError(*(f"{path}: {problem}" for problem in error.problems)) from error
    return read_array(path)
