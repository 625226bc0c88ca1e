"""Reading `.npy` files and the members of `.npz` files row by row, without the whole array in memory."""

import math
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import numpy as np
from numpy.lib import format as npy

from zoo import ZooError, array_errors

_BLOCK = 64 * 2**20
"""Bytes of rows in memory where rows are not in one piece."""


class Header(NamedTuple):
    """Shape and type of an array in a file."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype


def headers(path: Path) -> dict[str, Header]:
    """The arrays of a file by name; the one of a `.npy` file is called `structures`. ZooError if it is neither a
    `.npy` nor a `.npz` file, or holds objects."""
    with array_errors():
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                return {"structures": _header(file)}
        with zipfile.ZipFile(path) as archive:
            headers = {}
            for member in archive.namelist():
                if member.endswith(".npy"):
                    with archive.open(member) as file:
                        headers[member.removesuffix(".npy")] = _header(file)
            return headers


def rows(path: Path, name: str) -> Iterator[np.ndarray]:
    """The rows of an array, one at a time. ZooError if the file ends too early."""
    with array_errors():
        if path.suffix.lower() == ".npy":
            with path.open("rb") as file:
                yield from _rows(file)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as file:
                yield from _rows(file)


def whole(path: Path, name: str) -> np.ndarray:
    """A small array."""
    return np.stack(list(rows(path, name)))


def _rows(file: IO[bytes]) -> Iterator[np.ndarray]:
    shape, fortran, dtype = _header(file)
    if not shape:
        raise ZooError("it holds a single number.")
    if fortran and len(shape) > 1 and min(shape):
        yield from _strided_rows(file, shape, dtype)
        return
    size = math.prod(shape[1:]) * dtype.itemsize
    for _ in range(shape[0]):
        yield np.frombuffer(_read(file, size), dtype).reshape(shape[1:])


def _strided_rows(file: IO[bytes], shape: tuple[int, ...], dtype: np.dtype) -> Iterator[np.ndarray]:
    """The rows of an array in Fortran's order, each of which is spread over the whole file: a block of them at a time.
    A member of an archive is unpacked to the disk first."""
    with ExitStack() as stack:
        plain = file
        if isinstance(file, zipfile.ZipExtFile):
            plain = stack.enter_context(TemporaryFile())
            shutil.copyfileobj(file, plain)
            plain.seek(0)
        values = np.memmap(plain, dtype, "r", plain.tell(), shape, "F")
        block = max(1, _BLOCK * shape[0] // values.nbytes)
        for start in range(0, shape[0], block):
            yield from np.array(values[start : start + block])


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
