"""Noise on a circle: the normal distribution wrapped around it (De Bortoli et al. 2022; Jing et al. 2022)."""

import math

import torch
from torch import Tensor

TURNS = 5
"""Images to either side that are summed over: at a spread of pi the next one would weigh e^-60."""

NODES, FAR = 241, 6.0
"""Nodes of the quadrature over a normal variable, and how far they reach."""


def wrap(angles: Tensor) -> Tensor:
    """Radians of any shape, turned into [-pi, pi)."""
    return torch.remainder(angles + math.pi, 2 * math.pi) - math.pi


def score(angles: Tensor, spread: Tensor) -> Tensor:
    """d/dx ln p(x) for the wrapped normal around 0 at `angles` in radians; shapes broadcast."""
    away, variance = _images(angles), spread.unsqueeze(-1).square()
    weights = (-away.square() / (2 * variance)).softmax(-1)
    return -(weights * away / variance).sum(-1)


def mean_square(spread: Tensor) -> Tensor:
    """The mean of the score's square under the wrapped normal itself, of the shape of `spread`: 1 / spread^2 where that
    is small, and next to nothing where the noise has covered the circle."""
    nodes = torch.linspace(-FAR, FAR, NODES, device=spread.device)
    weights = (-nodes.square() / 2).softmax(0)
    wide = spread.unsqueeze(-1)
    return (weights * score(wide * nodes, wide).square()).sum(-1)


def _images(angles: Tensor) -> Tensor:
    turns = torch.arange(-TURNS, TURNS + 1, device=angles.device)
    return wrap(angles).unsqueeze(-1) + 2 * math.pi * turns
