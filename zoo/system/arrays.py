"""Arrays in anybody's `.npy` and `.npz` files."""

import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import DTypeLike

from zoo.errors import ZooError

_DAMAGED = (
    ValueError,
    EOFError,
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,  # an encrypted member, or a compression that zipfile does not know
)
_TOO_LARGE = (MemoryError, OverflowError)


@contextmanager
def array_errors() -> Iterator[None]:
    """Makes one ZooError, without the file's name, of whatever reading a `.npy` or `.npz` file raises that is damaged
    or holds no numbers. An OSError stays what it is."""
    try:
        yield
    except _DAMAGED as error:
        raise ZooError("it is not a complete .npy or .npz file of numbers.") from error
    except _TOO_LARGE as error:
        raise ZooError("it is not a complete .npy or .npz file of numbers, or too large for the memory.") from error


def read_array(path: Path) -> np.ndarray:
    """The array of a `.npy` file, or the one called `structures` of a `.npz` file, as it is. ZooError if the file
    cannot be read or holds anything but numbers."""
    try:
        with array_errors():
            return _numbers(path)
    except ZooError as error:
        raise ZooError(*(f"{path}: {problem}" for problem in error.problems)) from error
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror or error}.") from error


def _numbers(path: Path) -> np.ndarray:
    loaded = np.load(path, allow_pickle=False)
    if not isinstance(loaded, np.ndarray):
        with loaded:
            if "structures" not in loaded:
                raise ZooError("it has no array 'structures'.")
            loaded = loaded["structures"]
    array: np.ndarray = loaded
    if array.dtype.kind not in "biuf":
        raise ZooError(f"its array is {array.dtype}, expected numbers.")
    return array


def holds(path: Path, dtype: DTypeLike, shape: tuple[int, ...]) -> bool:
    """Whether a `.npy` file is there, whole, and an array of this kind and shape."""
    try:
        array = np.load(path, mmap_mode="r")
    except (OSError, ValueError, EOFError):
        return False
    return isinstance(array, np.ndarray) and (array.dtype, array.shape) == (np.dtype(dtype), shape)
