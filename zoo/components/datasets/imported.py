"""Structures that `zoo data import` has read from files."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo.data.making import read_description
from zoo.data.store import STORE, Store
from zoo.errors import ZooError
from zoo.interfaces.dataset import Card, Chunk, Dataset
from zoo.system.places import imported_folder


class Imported(Dataset):
    """The structures imported under `name`, of which `checksum` holds the first 16 digits; at most `count`, evenly
    spaced through all of them, for neighbours in a file are often akin.

    ZooError unless they are on this machine, and those that the checksum is of.
    """

    def __init__(self, name: str, checksum: str, count: int | None = None) -> None:
        folder = imported_folder(name)
        if not (folder / "card.json").exists():
            raise ZooError(f"{name}: its data are not on this machine: zoo data import {name} FILES")
        description = read_description(folder)
        if not description.checksum.startswith(checksum):
            found = description.checksum[: len(checksum)]
            raise ZooError(f"{name}: other data than these were imported; their checksum is {found}, not {checksum}.")
        if count is not None and count < 1:
            raise ZooError(f"{name}: count {count} is less than 1")
        total = description.count
        self.name = name
        self.count = total if count is None else min(count, total)
        self.folder = folder if self.count == total else None
        self._source = folder / STORE
        self._total = total
        self._description = description

    def domain(self) -> Mapping[str, Any]:
        return self._description.domain

    def card(self) -> Card:
        return self._description.card

    def make(self, items: range) -> Chunk:
        store = Store(self._source)
        if len(store) != self._total:
            raise ZooError(f"{self._source}: it has {len(store):,} structures, and its card says {self._total:,}.")
        chosen = np.asarray(items) * self._total // self.count
        properties = {name: values.numpy()[chosen] for name, values in store.properties.items()}
        return Chunk(store.hard(chosen), properties, None if store.names is None else store.names[chosen])
