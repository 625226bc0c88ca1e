"""The data that structures are learned from and compared with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from zoo.interfaces.domain import Domain


@dataclass
class Facts:
    """Expensive facts that several evaluators share: each is computed once."""

    _known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The fact of this name, computed by the first who asks."""
        if name not in self._known:
            self._known[name] = compute()
        return self._known[name]


class Reference(Protocol):
    """The data that generated structures are compared with."""

    @property
    def domain(self) -> Domain: ...

    @property
    def train(self) -> "Items":
        """Training structures, augmented as in training: with `domain.orientations` n, those from n i to n i + n - 1
        are one structure in its orientations, itself first."""

    @property
    def held_out(self) -> "Items":
        """Structures that no model has seen, not augmented."""

    @property
    def facts(self) -> Facts:
        """Expensive facts of the data alone, computed once for all sets that are held against them."""


class Items(Protocol):
    """A split of a dataset."""

    def __len__(self) -> int: ...

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        """Hard structures `[n, *S]`, all of them by default."""

    def packed(self) -> np.ndarray:
        """All structures of a binary domain as bits, uint8 `[n, ceil(|S| / 8)]`, the first value in the highest bit."""
