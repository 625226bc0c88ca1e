"""Cells from files, and what is wrong with them."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from zoo import ZooError, read_array, read_samples

SAMPLES = "samples.safetensors"


def read_cells(path: Path) -> Tensor:
    """Densities `[n, X, Y, Z]`, float32: from `.npy`, from `.npz` with an array `structures`, from a run's samples or a
    dataset (`.safetensors`), or from a run's folder. One cell `[X, Y, Z]` is taken as a set of one.

    ZooError if that is not there, or no cells, or if one has a density outside [0, 1] or is empty.
    """
    array = _array(path)
    if array.ndim == 3:
        array = array[None]
    if array.ndim != 4 or not array.size or array.dtype.kind not in "buif":
        raise ZooError(f"{path}: an array of shape {array.shape} ({array.dtype}) holds no cells [n, X, Y, Z].")
    cells = torch.from_numpy(array.astype(np.float32))
    problems = [
        f"{path}: {what} in cell {_listed(rows)}."
        for what, rows in (
            ("a density that is not finite", ~torch.isfinite(cells).flatten(1).all(1)),
            ("a negative density", (cells < 0).flatten(1).any(1)),
            ("a density above 1", (cells > 1).flatten(1).any(1)),
            ("no solid", (cells == 0).flatten(1).all(1)),
        )
        if bool(rows.any())
    ]
    if problems:
        raise ZooError(*problems)
    return cells


def _array(path: Path) -> np.ndarray:
    if path.is_dir():
        path = path / SAMPLES
    if not path.exists():
        raise ZooError(f"there is no {path}.")
    if path.suffix == ".safetensors":
        samples = read_samples(path)
        if samples.ndim != 4:
            raise ZooError(f"{path}: its structures are {list(samples.shape)}, and no voxel cells [n, X, Y, Z].")
        return samples
    if path.suffix not in {".npy", ".npz"}:
        raise ZooError(f"{path}: unknown format {path.suffix!r}; known: .npy, .npz, .safetensors, a run's folder.")
    return read_array(path)


def _listed(rows: Tensor) -> str:
    """The first few numbers of the rows that are true."""
    numbers = rows.nonzero().flatten().tolist()
    return ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
