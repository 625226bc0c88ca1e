"""Symmetries that a design keeps."""

import itertools
from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

Symmetry = Literal["cubic", "orthotropic", "none"]
"""All of a cube's mirrors and turns; three mirrors; nothing."""


class Orbits:
    """Which voxels of a cell `[d, d, d]` are images of one another."""

    def __init__(self, resolution: int, symmetry: Symmetry) -> None:
        index = torch.arange(resolution**3).view((resolution,) * 3)
        first = torch.stack([_image(index, *operation) for operation in _operations(symmetry)]).amin(0)
        self._first = first.flatten()
        self._sizes = torch.bincount(self._first, minlength=resolution**3).clamp(min=1)

    def mean(self, values: Tensor) -> Tensor:
        """The cell `[d, d, d]` with each orbit at its mean, images equal to the last bit."""
        total = torch.zeros_like(values.flatten()).index_add_(0, self._first, values.flatten())
        return (total / self._sizes)[self._first].view_as(values)


def _operations(symmetry: Symmetry) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...]]]:
    turns = list(itertools.permutations(range(3))) if symmetry == "cubic" else [(0, 1, 2)]
    mirrors = [(False,) * 3] if symmetry == "none" else list(itertools.product((False, True), repeat=3))
    return itertools.product(turns, mirrors)


def _image(index: Tensor, axes: tuple[int, ...], flips: tuple[bool, ...]) -> Tensor:
    return index.permute(axes).flip([axis for axis in range(3) if flips[axis]])
