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

    Of a structure and its copies each pass holds one, in turn, so that what looks the same in all orientations is seen
    as often as what looks different in each. Position `p` holds the same item whatever was read before, so training
    resumes anywhere.
    """

    def __init__(self, length: int, seed: int, originals: np.ndarray | None = None) -> None:
        """`originals` are the items that are no copies, ascending, each followed by its copies; by default all are."""
        self._originals = np.arange(length) if originals is None else originals
        self._copies = np.diff(np.append(self._originals, length))
        self._turn = np.random.default_rng([seed, 0]).integers(2**31, size=len(self._originals))
        self._order = lru_cache(maxsize=2)(self._shuffled)
        self._seed = seed

    def _shuffled(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self._seed, epoch]).permutation(len(self._originals))

    def items(self, positions: np.ndarray) -> np.ndarray:
        """The items at these positions, int64 `[n]`."""
        epochs, places = np.divmod(positions, len(self._originals))
        chosen = np.array([self._order(int(e))[p] for e, p in zip(epochs, places, strict=True)], np.int64)
        copy = (self._turn[chosen] + epochs) % self._copies[chosen]
        items: np.ndarray = self._originals[chosen] + copy
        return items
