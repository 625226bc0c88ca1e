"""Stores and their cards, written once and whole."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from zoo.data.store import STORE, Store, as_rows, write_rows, write_structures
from zoo.errors import ZooError
from zoo.interfaces.dataset import Card, Chunk, Dataset
from zoo.interfaces.domain import Domain
from zoo.system import processes
from zoo.system.chunks import clear_parts, make_parts
from zoo.system.files import read_json, write_json
from zoo.system.places import imported_folder
from zoo.system.tensors import is_readable


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


class StoredData:
    """A store of structures in a folder, with its card; it stays on disk."""

    def __init__(self, folder: Path) -> None:
        description = read_description(folder)
        self.folder = folder
        self.card = description.card
        self.count = description.count
        self.checksum = description.checksum
        self.domain = description.domain
        """The recipe block of the domain."""

    def chunk(self, indices: np.ndarray) -> Chunk:
        """The structures of these indices `[n]`, with their properties and names."""
        store = Store(self.folder / STORE)
        if len(store) != self.count:
            raise ZooError(f"{self.folder / STORE}: it has {len(store):,} structures, its card says {self.count:,}.")
        properties = {name: values.numpy()[indices] for name, values in store.properties.items()}
        return Chunk(store.hard(indices), properties, None if store.names is None else store.names[indices])


def imported_data(name: str) -> StoredData:
    """What `zoo data import` has kept under this name. ZooError unless it is on this machine."""
    folder = imported_folder(name)
    if not (folder / "card.json").exists():
        raise ZooError(f"{name}: its data are not on this machine: zoo data import {name} FILES")
    return StoredData(folder)


def is_whole(folder: Path) -> bool:
    """Whether a folder holds a finished store."""
    return (folder / "card.json").exists() and is_readable(folder / STORE)


def build_store(folder: Path, dataset: Dataset, domain: Domain, block: Mapping[str, Any], *, quiet: bool) -> None:
    """Build the store of a dataset in `folder`, shared out among the processes."""

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
        actual = getattr(structures, "shape", type(structures).__name__)
        raise ZooError(f"{label}: structures {actual}, and {(count, *shape)} are wanted.")
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
            actual = getattr(values, "shape", type(values).__name__)
            raise ZooError(f"{label}: the property {name!r} has values {actual}, and {count} numbers are wanted.")
