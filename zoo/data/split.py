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
from zoo.system.files import whole_file

SPLIT_SEED = 42
"""The VOXPLOER authors' seed. The split is made over items, before augmentation, so that no copy of a held-out item is
trained on."""

_ROWS_AT_ONCE = 1024


class Split:
    """Some items of a dataset, each in all of the domain's orientations when augmented.

    Index `i` is item `i // orientations` in orientation `i % orientations`.
    """

    def __init__(
        self, store: Store, domain: Domain, directions: Directions, items: np.ndarray, *, augment: bool, bits: Path
    ) -> None:
        """`bits` is the file that keeps the packed structures, once anybody has asked for them."""
        self._store = store
        self._domain = domain
        self._directions = directions
        self._items = items
        self._orientations = domain.orientations if augment else 1
        self._bits = bits

    def __len__(self) -> int:
        return len(self._items) * self._orientations

    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """`structure` float32 `[B, *S]` and `properties` {name: `[B, ...]`}, on `device`, those that depend on
        direction turned with their structure; NaN for what is not known."""
        items = self._items[indices // self._orientations]
        structure = self._store.structures(items, device)
        if self._orientations > 1:
            orientation = torch.from_numpy(indices % self._orientations).to(device)
            structure = self._domain.orient(structure, orientation)
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
        if not _holds_bits(self._bits, shape):
            with whole_file(self._bits) as temporary:
                rows = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
                for start in range(0, len(self), _ROWS_AT_ONCE):
                    stop = min(start + _ROWS_AT_ONCE, len(self))
                    rows[start:stop] = pack(self._host_rows(np.arange(start, stop)))
                rows.flush()
        packed: np.ndarray = np.load(self._bits, mmap_mode="r")
        return packed

    def _turned(self, properties: Mapping[str, Tensor], indices: np.ndarray, device: torch.device) -> dict[str, Tensor]:
        rows = torch.from_numpy(self._items[indices // self._orientations])
        chosen = {name: values[rows].to(device) for name, values in properties.items()}
        if self._orientations == 1:
            return chosen
        return self._directions.turned(chosen, torch.from_numpy(indices % self._orientations).to(device))

    def _host_rows(self, indices: np.ndarray) -> np.ndarray:
        """Hard structures on the host: uint8 when binary, which is a third of the work of float32."""
        items = self._items[indices // self._orientations]
        structures = torch.from_numpy(self._store.hard(items))
        if self._orientations > 1:
            structures = self._domain.orient(structures, torch.from_numpy(indices % self._orientations))
        rows: np.ndarray = structures.numpy()
        return rows


def _holds_bits(path: Path, shape: tuple[int, ...]) -> bool:
    """Whether a file is an array of bytes of this shape."""
    try:
        array = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    return isinstance(array, np.ndarray) and (array.dtype, array.shape) == (np.uint8, shape)
