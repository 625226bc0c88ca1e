"""Arrays in anybody's `.npy` and `.npz` files."""

import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from zoo.errors import ZooError


def read_array(path: Path) -> np.ndarray:
    """The array of a `.npy` file, or the one called `structures` of a `.npz` file, as it is. ZooError if the file
    cannot be read or holds anything but numbers."""
    try:
        found = np.load(path, allow_pickle=False)
        if not isinstance(found, np.ndarray):
            with found:
                found = found["structures"]
    except KeyError:
        raise ZooError(f"{path}: it has no array 'structures'.") from None
    except OSError as error:
        raise ZooError(f"{path}: cannot be read: {error.strerror or error}.") from error
    except (ValueError, EOFError, BadZipFile, zlib.error, RuntimeError) as error:  # RuntimeError: an encrypted member
        raise ZooError(f"{path}: it is no whole .npy or .npz file of numbers.") from error
    array: np.ndarray = found
    if array.dtype.kind not in "biuf":
        raise ZooError(f"{path}: its array is {array.dtype}, expected numbers.")
    return array
