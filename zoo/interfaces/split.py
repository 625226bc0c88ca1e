"""Sources of batches, and the sides of a dataset's split."""

from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

Batch = dict[str, Any]


class Source(Protocol):
    """What a stage draws its batches from.

    One that holds structures with their copies says which are no copies in an attribute `originals`, as `Split` has it:
    a pass over it then shows each structure once, in one orientation after another.
    """

    def __len__(self) -> int: ...

    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """Tensors whose rows belong to the indices `[B]`, on `device`."""


class Split(Source, Protocol):
    """One side of a dataset's split; its batches are `structure` float32 `[B, *S]` and `properties`
    {name: `[B, ...]`}, turned with their structure where they depend on direction; NaN where a value is not known."""

    @property
    def originals(self) -> np.ndarray:
        """Indices of the structures that are no copies of others, `[n]`, ascending; each is followed by its copies."""

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        """Hard structures `[n, *S]`, all of them by default: uint8 when binary, else float32."""

    def packed(self) -> np.ndarray:
        """All structures of a binary domain as bits, uint8 `[n, ceil(|S| / 8)]`, the first value in the highest bit."""

    def properties(self, name: str) -> Tensor:
        """One property of all structures, as batches have it, `[len(self), ...]`; NaN where it is not known."""
