"""One side of a dataset's split: batches, arrays and packed bits."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from zoo.data.directions import Directions
from zoo.data.store import Store, pack
from zoo.interfaces.domain import Domain
from zoo.interfaces.split import Batch
from zoo.system.arrays import holds
from zoo.system.files import whole_file

SPLIT_SEED = 42
"""The VOXPLOER authors' seed. The split is made over items, before augmentation, so that no copy of a held-out item is
trained on."""

_ROWS_AT_ONCE = 1024


class Split:
    """Some items of a dataset, each followed by its copies when augmented."""

    def __init__(
        self,
        store: Store,
        domain: Domain,
        directions: Directions,
        items: np.ndarray,
        bits: Path,
        copies: np.ndarray | None = None,
    ) -> None:
        """`bits` is the file that keeps the packed structures, once anybody has asked for them. With `copies`, bool
        `[items of the store, orientations]`, an item is there in those orientations, among them the first, as it is."""
        self._store = store
        self._domain = domain
        self._directions = directions
        self._augmented = copies is not None
        rows, self._orientations = np.nonzero(np.ones((len(items), 1)) if copies is None else copies[items])
        self._items = items[rows]
        self._bits = bits

    def __len__(self) -> int:
        return len(self._items)

    @property
    def originals(self) -> np.ndarray:
        """Indices of the structures that are no copies of others, `[n]`, ascending."""
        return np.flatnonzero(self._orientations == 0)

    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """`structure` float32 `[B, *S]` and `properties` {name: `[B, ...]`}, on `device`, those that depend on
        direction turned with their structure; NaN for what is not known."""
        structure = self._store.structures(self._items[indices], device)
        if self._augmented:
            structure = self._domain.orient(structure, torch.from_numpy(self._orientations[indices]).to(device))
        return {"structure": structure, "properties": self._turned(self._store.properties, indices, device)}

    def properties(self, name: str) -> Tensor:
        """One property of all structures, as batches have it, `[len(self), ...]`."""
        wanted = {name, *self._directions.family(name)}
        chosen = {each: values for each, values in self._store.properties.items() if each in wanted}
        return self._turned(chosen, np.arange(len(self)), torch.device("cpu"))[name]

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        """Hard structures `[n, *S]`, all of them by default: uint8 when binary, else float32."""
        chosen = np.arange(len(self)) if indices is None else np.asarray(indices)
        dtype = np.uint8 if self._store.binary else np.float32
        structures = np.empty((len(chosen), *self._store.shape), dtype)
        for start in range(0, len(chosen), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            structures[part] = self._host_rows(chosen[part])
        return structures

    def packed(self) -> np.ndarray:
        """All structures, bit-packed: uint8 `[n, ceil(|S| / 8)]`, mapped into memory. For binary domains only.

        The first who asks writes them beside the store; two at the same time write the same.
        """
        if not self._store.binary:
            raise ValueError("only binary structures can be bit-packed")
        shape = (len(self), self._store.rows.shape[1])
        if not holds(self._bits, np.uint8, shape):
            with whole_file(self._bits) as temporary:
                rows = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
                for start in range(0, len(self), _ROWS_AT_ONCE):
                    stop = min(start + _ROWS_AT_ONCE, len(self))
                    rows[start:stop] = pack(self._host_rows(np.arange(start, stop)))
                rows.flush()
        packed: np.ndarray = np.load(self._bits, mmap_mode="r")
        return packed

    def _turned(self, properties: Mapping[str, Tensor], indices: np.ndarray, device: torch.device) -> dict[str, Tensor]:
        rows = torch.from_numpy(self._items[indices])
        chosen = {name: values[rows].to(device) for name, values in properties.items()}
        if not self._augmented:
            return chosen
        return self._directions.turned(chosen, torch.from_numpy(self._orientations[indices]).to(device))

    def _host_rows(self, indices: np.ndarray) -> np.ndarray:
        """Hard structures on the host: uint8 when binary, which is a third of the work of float32."""
        structures = torch.from_numpy(self._store.hard(self._items[indices]))
        if self._augmented:
            structures = self._domain.orient(structures, torch.from_numpy(self._orientations[indices]))
        rows: np.ndarray = structures.numpy()
        return rows
