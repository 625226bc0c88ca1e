"""Sums of the rows of a table by fixed lists: a sparse matrix, for fields with any number of columns."""

import torch
from torch import Tensor


class Sums:
    """Row i of the result is the sum of rows `sources[i]` of a field, each times its weight. The order of a sum is
    fixed, on a GPU too."""

    def __init__(self, sources: Tensor, weights: Tensor) -> None:
        """`sources` `[n, k]`, -1 for none, and `weights` alike."""
        there = sources >= 0
        counts = there.sum(1)
        self._offsets = (counts.cumsum(0) - counts).int()
        self._sources = sources[there].int()
        self._weights = weights[there]

    @classmethod
    def of_pairs(cls, targets: Tensor, sources: Tensor, weights: Tensor, count: int) -> "Sums":
        """Row i of `count` is the sum of those `sources` whose targets are i; all `[pairs]`."""
        sums = cls.__new__(cls)
        counts = torch.bincount(targets, minlength=count)
        order = torch.argsort(targets, stable=True)
        sums._offsets = (counts.cumsum(0) - counts).int()
        sums._sources = sources[order].int()
        sums._weights = weights[order]
        return sums

    def __call__(self, field: Tensor) -> Tensor:
        """`[3, n, columns]` for `[3, rows, columns]`."""
        rows = field.new_empty(3, len(self._offsets), field.shape[-1])
        for axis in range(3):
            rows[axis] = torch.nn.functional.embedding_bag(
                self._sources, field[axis], self._offsets, mode="sum", per_sample_weights=self._weights
            )
        return rows
