"""Structures on disk: one safetensors file, memory-mapped when opened, bit-packed when the structures are binary."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from zoo.errors import ZooError
from zoo.system.tensors import SEAL, open_tensors, read_tensors, seal_of, write_tensors

STORE = "structures.safetensors"
"""The name of a dataset's file."""
SAMPLES = "samples.safetensors"
"""The name of the file of structures in the folder of a run."""
STRUCTURES = "structures"
NAMES = "names"
"""Text as bytes of UTF-8, uint8 `[n, longest]`, with zeros after the end."""
PROPERTY = "property."
_SHIFTS = torch.arange(7, -1, -1, dtype=torch.uint8)


def pack(structures: np.ndarray) -> np.ndarray:
    """Binary structures `[n, *S]` -> bytes `[n, ceil(|S| / 8)]`, the first value in the highest bit (`np.packbits`)."""
    return np.packbits(structures.reshape(len(structures), math.prod(structures.shape[1:])).astype(bool), axis=1)


def as_rows(structures: np.ndarray, *, binary: bool) -> np.ndarray:
    """Hard structures `[n, *S]` as a store holds them: packed when binary, else float32."""
    return pack(structures) if binary else structures.astype(np.float32)


def unpack(packed: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Bytes `[n, ceil(|S| / 8)]` -> zeros and ones, float32 `[n, *S]`, on the device of `packed`."""
    bits = (packed.unsqueeze(-1) >> _SHIFTS.to(packed.device)) & 1
    size = int(np.prod(shape))
    return bits.flatten(1)[:, :size].to(torch.float32).view(len(packed), *shape)


def write_structures(
    path: Path,
    structures: np.ndarray,
    *,
    binary: bool,
    properties: Mapping[str, np.ndarray],
    metadata: Mapping[str, Any],
    names: np.ndarray | None = None,
) -> None:
    """Write hard structures `[n, *S]` (see `as_rows`) with their properties `{name: [n, ...]}` and names `[n]`."""
    rows = as_rows(structures, binary=binary)
    shape = structures.shape[1:]
    write_rows(path, rows, shape, binary=binary, properties=properties, metadata=metadata, names=names)


def write_rows(
    path: Path,
    rows: np.ndarray,
    shape: tuple[int, ...],
    *,
    binary: bool,
    properties: Mapping[str, np.ndarray],
    metadata: Mapping[str, Any],
    names: np.ndarray | None = None,
) -> None:
    """`write_structures` for rows that are packed already (binary) or float32 `[n, *S]`."""
    tensors = {STRUCTURES: torch.from_numpy(np.ascontiguousarray(rows))}
    for name, values in properties.items():
        tensors[f"{PROPERTY}{name}"] = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))
    if names is not None:
        text = np.char.encode(names, "utf-8")
        tensors[NAMES] = torch.from_numpy(text.view(np.uint8).reshape(len(text), -1).copy())
    write_tensors(path, tensors, dict(metadata) | {"shape": list(shape), "binary": binary})


class Store:
    """Structures that lie on disk. Opening reads the header only; rows are read, and unpacked, when asked for."""

    def __init__(self, path: Path) -> None:
        tensors, text = open_tensors(path)
        self.metadata = _metadata(path, text)
        problems = list(_wrong_metadata(self.metadata)) or list(_misfits(tensors, self.metadata))
        if problems:
            raise ZooError(*(f"{path}: not a store of structures ({problem})." for problem in problems))
        self.rows = tensors.pop(STRUCTURES)
        self.shape: tuple[int, ...] = tuple(self.metadata["shape"])
        self.binary: bool = self.metadata["binary"]
        self._names = tensors.pop(NAMES, None)
        self.properties = {name.removeprefix(PROPERTY): tensor for name, tensor in tensors.items()}

    def __len__(self) -> int:
        return len(self.rows)

    def checksum(self) -> str:
        """SHA-256 of the structures, their names and properties; where they came from and how they are filed is no
        part of it. Reads the whole file."""
        tensors = {f"{PROPERTY}{name}": values for name, values in self.properties.items()} | {STRUCTURES: self.rows}
        if self._names is not None:
            tensors[NAMES] = self._names
        return seal_of(tensors, {"shape": list(self.shape), "binary": self.binary})

    @property
    def names(self) -> np.ndarray | None:
        """What the structures are called, text `[n]`, where they have names."""
        if self._names is None:
            return None
        try:
            text: np.ndarray = self._names.numpy().view(f"S{self._names.shape[1]}")[:, 0]
            return np.char.decode(text, "utf-8")
        except ValueError as error:
            raise ZooError(f"the names of the structures are not text ({error}).") from error

    def structures(self, indices: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
        """Structures float32 `[n, *S]` on `device`, unpacked there."""
        rows = self.rows[torch.from_numpy(np.asarray(indices, dtype=np.int64))].to(device)
        return unpack(rows, self.shape) if self.binary else rows

    def hard(self, indices: np.ndarray) -> np.ndarray:
        """Structures `[n, *S]` as they are stored: uint8 when binary, else float32."""
        rows: np.ndarray = self.rows.numpy()[np.asarray(indices, dtype=np.int64)]
        if self.binary:
            rows = np.unpackbits(rows, axis=1, count=int(np.prod(self.shape)))
        return rows.reshape(len(rows), *self.shape)

    def array(self) -> np.ndarray:
        """All structures, see `hard`."""
        return self.hard(np.arange(len(self)))


def _metadata(path: Path, text: Mapping[str, str]) -> dict[str, Any]:
    try:
        return {name: json.loads(value) for name, value in text.items() if name not in ("format", SEAL)}
    except (ValueError, RecursionError) as error:
        raise ZooError(f"{path}: not a store of structures (its metadata are not JSON).") from error


def _wrong_metadata(metadata: Mapping[str, Any]) -> Iterator[str]:
    shape, binary = metadata.get("shape"), metadata.get("binary")
    if not isinstance(shape, list) or not shape or not all(type(size) is int and size > 0 for size in shape):
        yield f"its shape is {shape!r}"
    if not isinstance(binary, bool):
        yield f"binary is {binary!r}"


def _misfits(tensors: Mapping[str, Tensor], metadata: Mapping[str, Any]) -> Iterator[str]:
    """What in a file contradicts its metadata."""
    if STRUCTURES not in tensors:
        yield f"{STRUCTURES!r} is missing"
        return
    shape, dtype = list(metadata["shape"]), torch.float32
    if metadata["binary"]:
        shape, dtype = [-(-math.prod(shape) // 8)], torch.uint8
    rows = tensors[STRUCTURES]
    if rows.dtype != dtype or list(rows.shape[1:]) != shape:
        yield f"its rows are {_described(rows)}, and by its metadata {dtype} {['n', *shape]}"
        return
    for name, values in tensors.items():
        if name != NAMES and name != STRUCTURES and not name.startswith(PROPERTY):
            yield f"{name!r} is not a property"
        wanted = torch.uint8 if name == NAMES else torch.float32
        if name != STRUCTURES and (values.dtype != wanted or values.shape[:1] != rows.shape[:1]):
            yield f"{name!r} is {_described(values)}, and there are {len(rows)} structures"
        elif name == NAMES and values.dim() != 2:
            yield f"{name!r} is {_described(values)}"


def _described(tensor: Tensor) -> str:
    return f"{tensor.dtype} {list(tensor.shape)}"


def read_samples(path: Path | str) -> np.ndarray:
    """The structures of a run's `samples.safetensors`: hard, `[n, *S]`, uint8 when binary, else float32."""
    read_tensors(Path(path))
    return Store(Path(path)).array()
