"""Fields on the images of places under symmetries, which are those on the places themselves but for signs."""

import functools

import torch
from torch import Tensor

from zoo_mechanics.sums import Sums


class Images:
    """Images `[n]` of some of `count` places."""

    def __init__(self, sources: Tensor, signs: Tensor, count: int) -> None:
        """Image i is one of the place `sources[i]`; `signs` `[3, n, columns]` are what a field is multiplied with
        there."""
        self._sources, self._signs, self._count = sources, signs, count

    def unfold(self, field: Tensor) -> Tensor:
        """The field on the images, `[3, n, columns]`, from that on the places, `[3, count, columns]`."""
        return field.index_select(1, self._sources).mul_(self._signs)

    def fold(self, field: Tensor) -> Tensor:
        """What a field on the images, `[3, n, columns]`, adds up to on the places: the transpose of `unfold`."""
        return self._together(field * self._signs)

    @functools.cached_property
    def _together(self) -> Sums:
        own = torch.arange(len(self._sources), device=self._sources.device)
        return Sums.of_pairs(self._sources.long(), own, torch.ones_like(self._signs[0, :, 0]), self._count)
