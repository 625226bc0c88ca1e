"""Stacks that can be made."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo import Card, Chunk, Dataset, ZooError


class Laminates(Dataset):
    """`count` periodic stacks in which at least `thinnest` neighbouring layers are alike.

    Stack i depends on `(seed, i)` only. ZooError if not even two runs of the thinnest fit into `layers`.
    """

    def __init__(self, layers: int = 16, thinnest: int = 2, count: int = 2000, seed: int = 0) -> None:
        if not 1 <= thinnest <= layers // 2:
            raise ZooError(f"laminates: thinnest {thinnest} is not between 1 and half of {layers} layers")
        self.layers = layers
        self.thinnest = thinnest
        self.count = count
        self.seed = seed

    def domain(self) -> Mapping[str, Any]:
        return {"use": "laminate", "layers": self.layers}

    def card(self) -> Card:
        return Card(
            title="Laminates",
            description=f"Random stacks of {self.layers} layers in runs of at least {self.thinnest}; seed {self.seed}.",
            edition="zoo-laminates",
            licence="CC0-1.0",
            units={"stiff_share": ""},
        )

    def make(self, items: range) -> Chunk:
        stacks = np.stack([self._stack(np.random.default_rng([self.seed, item])) for item in items])
        return Chunk(stacks, {"stiff_share": stacks.mean(1)})

    def _stack(self, rng: np.random.Generator) -> np.ndarray:
        """Pairs of a soft and a stiff run, turned by a random number of layers."""
        pairs = rng.integers(1, self.layers // (2 * self.thinnest), endpoint=True)
        spare = self.layers - 2 * pairs * self.thinnest
        runs = self.thinnest + rng.multinomial(spare, np.full(2 * pairs, 1 / (2 * pairs)))
        stack = np.repeat(np.tile(np.array([0, 1], np.uint8), pairs), runs)
        return np.roll(stack, rng.integers(self.layers))
