"""Fields on the images of places under symmetries, which are those on the places themselves but for factors."""

import functools

import torch
from torch import Tensor

from zoo_mechanics.homogenisation.sums import Sums


class Images:
    """Images `[n]` of some of `count` places."""

    def __init__(self, sources: Tensor, factors: Tensor, count: int) -> None:
        """Image i is one of place `sources[i]`; a field there is multiplied with `factors` `[3, n, columns]`: signs,
        or signs shared among the images of a place."""
        self._sources, self._factors, self._count = sources, factors, count

    def unfold(self, field: Tensor) -> Tensor:
        """The field on the images, `[3, n, columns]`, from that on the places, `[3, count, columns]`."""
        return field.index_select(1, self._sources).mul_(self._factors)

    def fold(self, field: Tensor) -> Tensor:
        """What a field on the images, `[3, n, columns]`, which is overwritten, adds up to on the places: the transpose
        of `unfold`."""
        return self._together(field.mul_(self._factors))

    @functools.cached_property
    def _together(self) -> Sums:
        own = torch.arange(len(self._sources), device=self._sources.device)
        return Sums.of_pairs(self._sources, own, torch.ones_like(self._factors[0, :, 0]), self._count)
