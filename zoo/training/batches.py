"""Batches: which items they are made of, a pure function of the seed and the position in the stream."""

import hashlib
from functools import lru_cache

import numpy as np


def derive_seed(*parts: object) -> int:
    """A 63-bit seed for one purpose, from the run's seed and whatever names the purpose."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


class Stream:
    """An endless stream of items: one shuffled pass over all of them after another.

    Position `p` holds the same item whatever was read before, so training resumes anywhere.
    """

    def __init__(self, length: int, seed: int) -> None:
        self._length = length
        self._order = lru_cache(maxsize=2)(self._shuffled)
        self._seed = seed

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self._seed, epoch]).permutation(self._length)

    def items(self, positions: np.ndarray) -> np.ndarray:
        """The items at these positions, int64 `[n]`."""
        epochs, places = np.divmod(positions, self._length)
        return np.array([self._order(int(e))[p] for e, p in zip(epochs, places, strict=True)], np.int64)
