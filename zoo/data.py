"""Datasets: built once into a store under `$ZOO_HOME`, then split, augmented and opened from there."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from zoo import processes
from zoo.building import build, complete
from zoo.errors import ZooError
from zoo.files import whole_file, write_json
from zoo.interfaces.models import Batch
from zoo.interfaces.structures import Card, Chunk, Dataset, Domain
from zoo.locks import unless
from zoo.parts import clear_parts, make_parts
from zoo.store import Store, is_readable, pack, write_rows, write_structures

SPLIT_SEED = 42
"""The VOXPLOER authors' seed. The split is made over items, before augmentation, so that no copy of a held-out item is
trained on."""

STORE = "structures.safetensors"

_ROWS_AT_ONCE = 1024


def home() -> Path:
    """Where datasets lie: `$ZOO_HOME`, else `zoo` in the user's cache folder."""
    if "ZOO_HOME" in os.environ:
        return Path(os.environ["ZOO_HOME"])
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "zoo"


class Split:
    """Some items of a dataset, each in all of the domain's orientations when augmented.

    Index `i` is item `i // orientations` in orientation `i % orientations`.
    """

    def __init__(self, store: Store, domain: Domain, items: np.ndarray, *, augment: bool, bits: Path) -> None:
        """`bits` is the file that keeps the packed structures, once anybody has asked for them."""
        self._store = store
        self._domain = domain
        self._items = items
        self._orientations = domain.orientations if augment else 1
        self._bits = bits

    def __len__(self) -> int:
        return len(self._items) * self._orientations

    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """`structure` float32 `[B, *S]` and `properties` {name: `[B, ...]`}, on `device`."""
        items = self._items[indices // self._orientations]
        structure = self._store.structures(items, device)
        if self._orientations > 1:
            orientation = torch.from_numpy(indices % self._orientations).to(device)
            structure = self._domain.orient(structure, orientation)
        rows = torch.from_numpy(items)
        properties = {name: values[rows].to(device) for name, values in self._store.properties.items()}
        return {"structure": structure, "properties": properties}

    def properties(self, name: str) -> Tensor:
        """One property of all items, not repeated for orientations, `[items, ...]`."""
        return self._store.properties[name][torch.from_numpy(self._items)]

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
        if not self._bits.exists():
            shape = (len(self), self._store.rows.shape[1])
            with whole_file(self._bits) as temporary:
                rows = np.lib.format.open_memmap(temporary, mode="w+", dtype=np.uint8, shape=shape)
                for start in range(0, len(self), _ROWS_AT_ONCE):
                    stop = min(start + _ROWS_AT_ONCE, len(self))
                    rows[start:stop] = pack(self._host_rows(np.arange(start, stop)))
                rows.flush()
        packed: np.ndarray = np.load(self._bits, mmap_mode="r")
        return packed

    def _host_rows(self, indices: np.ndarray) -> np.ndarray:
        """Hard structures on the host: uint8 when binary, which is a third of the work of float32."""
        items = self._items[indices // self._orientations]
        structures = torch.from_numpy(self._store.hard(items))
        if self._orientations > 1:
            structures = self._domain.orient(structures, torch.from_numpy(indices % self._orientations))
        rows: np.ndarray = structures.numpy()
        return rows


class Data:
    """An opened dataset."""

    def __init__(self, folder: Path, dataset: Dataset, domain: Domain) -> None:
        description = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        self.card = Card(**description["card"])
        self.checksum: str = description["checksum"]
        self.domain = domain
        self.store = Store(folder / STORE)
        order = np.random.default_rng(SPLIT_SEED).permutation(len(self.store))
        held_out = round(len(order) * dataset.held_out)
        self.train = Split(self.store, domain, order[held_out:], augment=True, bits=folder / "train.npy")
        self.held_out = Split(self.store, domain, order[:held_out], augment=False, bits=folder / "held-out.npy")


def open_data(block: Mapping[str, Any], *, quiet: bool = False, root: Path | None = None) -> Data:
    """The dataset that a recipe block names, built first if it is not there yet, in `root` (default: `home()`)."""
    dataset = build("dataset", block)
    assert isinstance(dataset, Dataset)
    domain = build("domain", dataset.domain())
    assert isinstance(domain, Domain)
    folder = (root or home()) / "datasets" / f"{block['use']}-{_key(block, dataset)}"
    with unless(lambda: _is_whole(folder), folder) as needed:
        if needed:
            _build_store(folder, dataset, domain, block, quiet=quiet)
    return Data(folder, dataset, domain)


def _key(block: Mapping[str, Any], dataset: Dataset) -> str:
    text = json.dumps([complete("dataset", block), complete("domain", dataset.domain())], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_whole(folder: Path) -> bool:
    return (folder / "card.json").exists() and is_readable(folder / STORE)


def _build_store(folder: Path, dataset: Dataset, domain: Domain, block: Mapping[str, Any], *, quiet: bool) -> None:
    def make(items: range, path: Path) -> None:
        chunk = dataset.make(items)
        _check_shape(chunk, items, dataset, domain)
        write_structures(path, chunk.structures, binary=domain.binary, properties=chunk.properties, metadata={})

    parts = make_parts("dataset", folder, dataset.count, dataset.chunk_size, make, quiet=quiet)
    if not processes.is_main():
        return
    rows: list[np.ndarray] = []
    properties: dict[str, list[np.ndarray]] = {}
    for chunk in dataset.settle(_read_chunk(path) for path in parts):
        rows.append(pack(chunk.structures) if domain.binary else chunk.structures)
        for name, values in chunk.properties.items():
            properties.setdefault(name, []).append(values)
    write_rows(
        folder / STORE,
        np.concatenate(rows),
        domain.structure.shape,
        binary=domain.binary,
        properties={name: np.concatenate(values) for name, values in properties.items()},
        metadata={"dataset": dict(block)},
    )
    card = dataclasses.asdict(dataset.card())
    write_json(folder / "card.json", {"card": card, "count": dataset.count, "checksum": _checksum(folder / STORE)})
    clear_parts(folder)


def _read_chunk(path: Path) -> Chunk:
    store = Store(path)
    return Chunk(store.array(), {name: values.numpy() for name, values in store.properties.items()})


def _check_shape(chunk: Chunk, items: range, dataset: Dataset, domain: Domain) -> None:
    expected = (len(items), *domain.structure.shape)
    if chunk.structures.shape != expected:
        raise ZooError(
            f"{type(dataset).__name__} makes structures {chunk.structures.shape}, and {expected} are wanted."
        )


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
