"""Reading `.npy` files and the members of `.npz` files row by row, without the whole array in memory."""

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from zoo import ZooError


class Header(NamedTuple):
    """Shape and type of an array in a file."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype


def headers(path: Path) -> dict[str, Header]:
    """The arrays of a file by name; the one of a `.npy` file is called `structures`. ZooError if it is neither a
    `.npy` nor a `.npz` file, or holds objects."""
    with _errors():
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                return {"structures": _header(file)}
        with zipfile.ZipFile(path) as archive:
            found = {}
            for member in archive.namelist():
                with archive.open(member) as file:
                    found[member.removesuffix(".npy")] = _header(file)
            return found


def rows(path: Path, name: str) -> Iterator[NDArray]:
    """The rows of an array, one at a time. ZooError if the file ends too early."""
    with _errors():
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                yield from _rows(file)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
                yield from _rows(file)


def whole(path: Path, name: str) -> NDArray:
    """A small array."""
    return np.stack(list(rows(path, name)))


def _rows(file: IO[bytes]) -> Iterator[NDArray]:
    shape, fortran, dtype = _header(file)
    if not shape:
        raise ZooError("it holds a single number.")
    if fortran:
        flat = np.frombuffer(_read(file, math.prod(shape) * dtype.itemsize), dtype)
        yield from flat.reshape(shape, order="F")
        return
    size = math.prod(shape[1:]) * dtype.itemsize
    for _ in range(shape[0]):
        yield np.frombuffer(_read(file, size), dtype).reshape(shape[1:])


def _read(file: IO[bytes], size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise ZooError("it ends in the middle of its array.")
    return data


def _header(file: IO[bytes]) -> Header:
    version = npy.read_magic(file)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    header = Header(*read(file))
    if header.dtype.hasobject:
        raise ZooError("it holds Python objects, which are not read.")
    return header


_BROKEN = (
    ValueError,
    EOFError,
    KeyError,
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,  # a compression that zipfile does not know
    RuntimeError,  # an encrypted member
    MemoryError,  # a shape that no file has
    OverflowError,
)


@contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise ZooError(f"it is no whole .npy or .npz file ({' '.join(str(error).split())}).") from error
