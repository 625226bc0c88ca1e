"""Datasets: built once into a store under `$ZOO_HOME`, then split, augmented and opened from there."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import BaseModel, Field, ValidationError
from torch import Tensor

from zoo.building.builder import build
from zoo.building.schema import complete
from zoo.errors import ZooError
from zoo.interfaces.data import Facts
from zoo.interfaces.dataset import Card, Chunk, Dataset
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Batch
from zoo.store import STORE, Store, as_rows, pack, write_rows, write_structures
from zoo.system import processes
from zoo.system.chunks import clear_parts, make_parts
from zoo.system.files import read_json, whole_file, write_json
from zoo.system.locks import unless
from zoo.system.places import home
from zoo.system.tensors import is_readable

SPLIT_SEED = 42
"""The VOXPLOER authors' seed. The split is made over items, before augmentation, so that no copy of a held-out item is
trained on."""

_ROWS_AT_ONCE = 1024


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


class Data:
    """An opened dataset."""

    def __init__(self, folder: Path, dataset: Dataset, domain: Domain) -> None:
        description = read_description(folder)
        self.folder = folder
        self.card = description.card
        self.checksum = description.checksum
        self.domain = domain
        self.domain_block = dataset.domain()
        self.store = Store(folder / STORE)
        held = (len(self.store), self.store.shape, self.store.binary)
        if held != (dataset.count, tuple(domain.structure.shape), domain.binary):
            raise ZooError(f"{folder / STORE}: these are other data than its dataset has; remove {folder}.")
        order = np.random.default_rng(SPLIT_SEED).permutation(len(self.store))
        held_out = _held_out(dataset)
        self.facts = Facts()
        self.train = Split(self.store, domain, order[held_out:], augment=True, bits=folder / "train.npy")
        self.held_out = Split(self.store, domain, order[:held_out], augment=False, bits=folder / "held-out.npy")

    def check(self) -> None:
        """Read all of it. ZooError if it is not what the card's checksum is of."""
        if self.store.checksum() != self.checksum:
            raise ZooError(f"{self.folder / STORE}: it is not as it was written; remove {self.folder}.")


def check_split(dataset: Dataset, name: str) -> None:
    """ZooError if one side of the split would be empty: there is nothing to learn from, or nothing to compare with."""
    if not 0 < _held_out(dataset) < dataset.count:
        raise ZooError(f"{name}: {dataset.count:,} structures are too few to train on some and to hold others out.")


def _held_out(dataset: Dataset) -> int:
    return round(dataset.count * dataset.held_out)


def open_data(block: Mapping[str, Any], *, quiet: bool = False, root: Path | None = None) -> Data:
    """The dataset that a recipe block names, built first if it is not there yet, in `root` (default: `home()`)."""
    dataset = build("dataset", block)
    assert isinstance(dataset, Dataset)
    domain = build("domain", dataset.domain())
    assert isinstance(domain, Domain)
    folder = data_folder(block, dataset, root)
    with unless(lambda: is_whole(folder), folder) as needed:
        if needed:
            _build_store(folder, dataset, domain, block, quiet=quiet)
    return Data(folder, dataset, domain)


def data_folder(block: Mapping[str, Any], dataset: Dataset, root: Path | None = None) -> Path:
    """Where the store of a dataset is or will be; `dataset` is what `block` describes."""
    if dataset.folder is not None:
        return dataset.folder
    return (root or home()) / "datasets" / f"{block['use']}-{_key(block, dataset)}"


def describe_store(folder: Path) -> tuple[Card, int, dict[str, Any]]:
    """Card, number of items and recipe block of what lies in a folder."""
    description = read_description(folder)
    block = Store(folder / STORE).metadata.get("dataset")
    if not isinstance(block, dict) or "use" not in block:
        raise ZooError(f"{folder / STORE}: it does not say of which dataset it is; remove {folder}.")
    return description.card, description.count, block


class Description(BaseModel):
    """What all `card.json` hold; those of imported data have a domain."""

    card: Card
    count: int = Field(ge=1)
    checksum: str
    domain: dict[str, Any] = {}


def read_description(folder: Path) -> Description:
    """The `card.json` of a folder. ZooError if it is none."""
    path = folder / "card.json"
    try:
        return Description.model_validate(read_json(path))
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, details["loc"])) for details in error.errors())
        raise ZooError(f"{path}: {wrong}: not as a card has it; remove {folder}.") from error


def _key(block: Mapping[str, Any], dataset: Dataset) -> str:
    text = json.dumps([complete("dataset", block), complete("domain", dataset.domain())], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_whole(folder: Path) -> bool:
    """Whether a folder holds a finished store."""
    return (folder / "card.json").exists() and is_readable(folder / STORE)


def _build_store(folder: Path, dataset: Dataset, domain: Domain, block: Mapping[str, Any], *, quiet: bool) -> None:
    def make(items: range, path: Path) -> None:
        chunk = dataset.make(items)
        _check_chunk(chunk, len(items), domain, f"dataset {block['use']!r}, items {items.start} to {items.stop - 1}")
        write_structures(
            path,
            chunk.structures,
            binary=domain.binary,
            properties=chunk.properties,
            metadata={},
            names=chunk.names,
        )

    parts = make_parts("dataset", folder, dataset.count, dataset.chunk_size, make, quiet=quiet)
    if not processes.is_main():
        return
    chunks = dataset.settle(read_chunk(path) for path in parts)
    description = {"card": dataclasses.asdict(dataset.card())}
    write_data(folder, chunks, domain, block=block, description=description)
    clear_parts(folder)


def write_data(
    folder: Path,
    chunks: Iterable[Chunk],
    domain: Domain,
    *,
    block: Mapping[str, Any],
    description: Mapping[str, Any],
) -> str:
    """Write a store of all chunks and, last, `card.json`: the description, with count and checksum. Returns the
    checksum.

    A property that some chunks lack is NaN there. Besides what is written, only the packed structures are in memory.
    """
    rows: list[np.ndarray] = []
    properties: list[Mapping[str, np.ndarray]] = []
    names: list[np.ndarray] = []
    for chunk in chunks:
        rows.append(as_rows(chunk.structures, binary=domain.binary))
        properties.append(chunk.properties)
        names += [] if chunk.names is None else [chunk.names]
    write_rows(
        folder / STORE,
        np.concatenate(rows),
        domain.structure.shape,
        binary=domain.binary,
        properties=join_properties(properties, [len(part) for part in rows]),
        metadata={"dataset": dict(block)},
        names=np.concatenate(names) if names else None,
    )
    checksum = Store(folder / STORE).checksum()
    count = sum(len(part) for part in rows)
    write_json(folder / "card.json", {**description, "count": count, "checksum": checksum})
    return checksum


def join_properties(parts: Sequence[Mapping[str, np.ndarray]], counts: Sequence[int]) -> dict[str, np.ndarray]:
    """Properties `{name: [n, ...]}` of parts, which hold `counts` structures each, as one; NaN where a part has none
    of that name."""
    shapes = {name: values.shape[1:] for part in parts for name, values in part.items()}
    ends = np.cumsum(counts, dtype=np.int64)
    joined = {name: np.full((sum(counts), *shape), np.nan, np.float32) for name, shape in shapes.items()}
    for part, count, end in zip(parts, counts, ends, strict=True):
        for name, values in part.items():
            joined[name][end - count : end] = values
    return joined


def is_binary(structures: np.ndarray) -> bool:
    """Whether all values are 0 or 1."""
    return structures.dtype == bool or bool(((structures == 0) | (structures == 1)).all())


def read_chunk(path: Path) -> Chunk:
    """The structures, properties and names of a part."""
    store = Store(path)
    return Chunk(store.array(), {name: values.numpy() for name, values in store.properties.items()}, store.names)


def _check_chunk(chunk: Chunk, count: int, domain: Domain, label: str) -> None:
    """ZooError unless these are `count` hard structures of the domain with a value of each property."""
    shape, low, high = domain.structure
    structures = chunk.structures
    if not isinstance(structures, np.ndarray) or structures.shape != (count, *shape):
        found = getattr(structures, "shape", type(structures).__name__)
        raise ZooError(f"{label}: structures {found}, and {(count, *shape)} are wanted.")
    if structures.dtype.kind not in "biuf":
        raise ZooError(f"{label}: structures of {structures.dtype}, and numbers are wanted.")
    if domain.binary and not is_binary(structures):
        raise ZooError(f"{label}: structures with values other than 0 and 1.")
    if not domain.binary and not (
        np.isfinite(structures).all() and low <= structures.min() <= structures.max() <= high
    ):
        raise ZooError(f"{label}: structures with values that are not in the domain's range, {low:g} to {high:g}.")
    for name, values in chunk.properties.items():
        if not isinstance(values, np.ndarray) or values.shape[:1] != (count,) or values.dtype.kind not in "biuf":
            found = getattr(values, "shape", type(values).__name__)
            raise ZooError(f"{label}: the property {name!r} has values {found}, and {count} numbers are wanted.")
