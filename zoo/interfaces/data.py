"""The data that structures are learned from and compared with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from zoo.interfaces.domain import Domain
from zoo.interfaces.split import Split


@dataclass
class Facts:
    """What evaluators know of a set of structures beside these, and expensive facts that they share: each is computed
    once."""

    latents: Mapping[str, np.ndarray] | None = None
    """Of a set that a model with a latent space has drawn: the latents "positive" `[m, z]` of held-out structures in
    that space, and "negative" `[m, z]` of invalid ones made of them, row by row. Every `needs_latents` evaluator has
    them."""
    wanted: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Of structures drawn under a condition, the wanted values `[n]` by condition, in the data's units, as
    `volume_fraction` or `stiffness[0][0]`; NaN where none was given. Empty of all others, held-out ones too."""
    _known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The fact of this name, computed by the first who asks."""
        if name not in self._known:
            self._known[name] = compute()
        return self._known[name]


class Data(Protocol):
    """A dataset that is open: what models learn from, and generated structures are compared with."""

    @property
    def domain(self) -> Domain:
        """What a structure is."""

    @property
    def train(self) -> Split:
        """Training structures, each followed by its copies in the domain's other orientations, those that look like an
        earlier one left out."""

    @property
    def held_out(self) -> Split:
        """Structures that no model has seen, not augmented."""

    @property
    def facts(self) -> Facts:
        """Expensive facts of the data alone, computed once for all sets that are held against them."""
