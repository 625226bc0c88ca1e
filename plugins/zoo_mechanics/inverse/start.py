"""Starts of a design."""

import numpy as np
import torch
from torch import Tensor

from zoo import ZooError
from zoo_mechanics.inverse.orbits import Orbits, Symmetry
from zoo_voxels import basis, evaluate, random_field

CONTRAST = 1.0
"""Contrast of a random start: the log-odds of a density change by so much over a standard deviation of the field."""

SOFTENING = 0.7
"""What a start from a cell keeps of the cell's contrast, so that void can still become solid."""


def random_start(volume: float, resolution: int, symmetry: Symmetry, seed: int) -> Tensor:
    """Densities `[d, d, d]` with the mean `volume` that follow a random trigonometric field of the symmetry, as Yang et
    al. begin (2024, section 3.1)."""
    field = evaluate(random_field(np.random.default_rng(seed)), basis(resolution))
    height = Orbits(resolution, symmetry).mean(torch.from_numpy(field))
    height = CONTRAST * (height - height.mean()) / height.std()
    low, high = -50.0, 50.0
    for _ in range(60):
        level = (low + high) / 2
        low, high = (level, high) if float(torch.sigmoid(height - level).mean()) > volume else (low, level)
    return torch.sigmoid(height - level)


def start_from(cell: Tensor, resolution: int) -> Tensor:
    """Densities `[d, d, d]` after a cell, binary or grey, on another grid if need be. ZooError unless it is a cube."""
    if len(set(cell.shape)) > 1:
        raise ZooError(f"a start of {' x '.join(map(str, cell.shape))} voxels is not a cube.")
    cell = cell.double()
    if len(cell) != resolution:
        shape = (resolution,) * 3
        cell = torch.nn.functional.interpolate(cell[None, None], shape, mode="trilinear", align_corners=False)[0, 0]
    return cell.mean() + SOFTENING * (cell - cell.mean())
