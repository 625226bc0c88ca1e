"""The shape and the range of a structure."""

from typing import NamedTuple

from torch import Tensor


class Structure(NamedTuple):
    """Shape S and range of one structure, in the domain's own units. Soft structures lie in the same range."""

    shape: tuple[int, ...]
    low: float
    high: float

    def to_unit(self, values: Tensor) -> Tensor:
        """Map values from [low, high] to [-1, 1], where networks like their data."""
        return (values - self.low) * (2 / (self.high - self.low)) - 1

    def from_unit(self, values: Tensor) -> Tensor:
        """Map values from [-1, 1] back to [low, high]."""
        return (values + 1) * ((self.high - self.low) / 2) + self.low
