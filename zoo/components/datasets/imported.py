"""Structures that `zoo data import` has read from files."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo import Card, Chunk, Dataset, ZooError, imported_data


class Imported(Dataset):
    """The structures imported under `name`, of which `checksum` holds the first 16 digits; at most `count`, evenly
    spaced through all of them, for neighbours in a file are often akin.

    ZooError unless they are on this machine, and those that the checksum is of.
    """

    def __init__(self, name: str, checksum: str, count: int | None = None) -> None:
        stored = imported_data(name)
        if not stored.checksum.startswith(checksum):
            other = stored.checksum[: len(checksum)]
            raise ZooError(f"{name}: other data than these were imported; their checksum is {other}, not {checksum}.")
        if count is not None and count < 1:
            raise ZooError(f"{name}: count {count} is less than 1")
        self.name = name
        self.count = stored.count if count is None else min(count, stored.count)
        self.folder = stored.folder if self.count == stored.count else None
        self._stored = stored

    def domain(self) -> Mapping[str, Any]:
        return self._stored.domain

    def card(self) -> Card:
        return self._stored.card

    def make(self, items: range) -> Chunk:
        return self._stored.chunk(np.asarray(items) * self._stored.count // self.count)
