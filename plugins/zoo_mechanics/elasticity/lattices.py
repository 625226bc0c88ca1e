"""Lattices from cell parameters."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from zoo import ZooError


def lattice_vectors(parameters: Sequence[float]) -> Tensor:
    """Edge vectors as rows `[3, 3]`, float64, from a, b, c and alpha, beta, gamma in degrees: a along x, b in the plane
    of x and y, as crystallographers have it. ZooError if there is no such lattice."""
    lengths, angles = parameters[:3], parameters[3:]
    alpha, beta, gamma = (math.cos(math.radians(angle)) for angle in angles)
    square = 1 - alpha**2 - beta**2 - gamma**2 + 2 * alpha * beta * gamma
    if not (all(0 < length < math.inf for length in lengths) and all(0 < angle < 180 for angle in angles)):
        raise ZooError("a lattice wants positive lengths and angles between 0 and 180 degrees.")
    if not square > 1e-12:
        raise ZooError(f"the angles {', '.join(f'{angle:g}' for angle in angles)} close no cell.")
    sine = math.sin(math.radians(angles[2]))
    rows = [
        [1, 0, 0],
        [gamma, sine, 0],
        [beta, (alpha - beta * gamma) / sine, math.sqrt(square) / sine],
    ]
    return torch.tensor(rows, dtype=torch.float64) * torch.tensor(lengths, dtype=torch.float64)[:, None]


def same_lattices(one: Tensor, other: Tensor) -> bool:
    """Whether lattices `[..., 3, 3]` are the same, to a thousandth, but for their size and how they are turned."""
    metrics = [lattice.double() @ lattice.double().mT for lattice in (one, other)]
    scaled = [metric / metric.diagonal(dim1=-2, dim2=-1).sum(-1)[..., None, None] for metric in metrics]
    return bool(((scaled[0] - scaled[1]).abs() < 1e-3).all())
