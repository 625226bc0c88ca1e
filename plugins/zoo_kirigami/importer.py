"""Angle tables of others become a dataset."""

import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from zoo import Card, Entry, Importer, ZooError
from zoo_kirigami.domain import CutPattern, check_angles
from zoo_kirigami.geometry import CUT_LENGTH, order


class AngleTables(Importer):
    """Cells of n x n cuts, in degrees from the vertical: a `.csv` file with a cell a line, row by row; the array
    [N, n, n] of a `.npy` file; the array `structures` of a `.npz` file.

    `max_rotation` is the range that they are held to. Angles out of range are refused, not wrapped; cells whose cuts
    cross are taken, and the scores of the data say so. Cuts are taken as `cut_length` units of the lattice long.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".npy", ".npz")

    def __init__(self, max_rotation: float = 90.0, cut_length: float = CUT_LENGTH) -> None:
        CutPattern(max_rotation, 2, cut_length)
        self.max_rotation = max_rotation
        self.cut_length = cut_length

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """By the number of angles in the first cell, which is the square of an even one."""
        try:
            return path.suffix.lower() in cls.suffixes and bool(_side(next(_cells(path))))
        except (ZooError, OSError, StopIteration):
            return False

    def domain(self, path: Path) -> Mapping[str, Any]:
        first = next(_cells(path), None)
        if first is None:
            raise ZooError("it holds no cells.")
        return {
            "use": "cut-pattern",
            "max_rotation": self.max_rotation,
            "n": _side(first),
            "cut_length": self.cut_length,
        }

    def card(self) -> Card:
        return Card("Cut patterns", "", edition="own", licence="not stated", units={"order": ""})

    def entries(self, path: Path) -> Iterator[np.ndarray]:
        yield from _cells(path)

    def convert(self, entry: np.ndarray) -> Entry:
        n = _side(entry)
        angles = entry.reshape(n, n).astype(np.float32)
        check_angles(angles[None], self.max_rotation)
        return Entry(angles, {"order": float(order(angles[None])[0])})


def _cells(path: Path) -> Iterator[np.ndarray]:
    """The cells of a file, each as it is."""
    if path.suffix.lower() == ".csv":
        for number, line in enumerate(_text(path).splitlines(), 1):
            try:
                yield np.array(line.split(","), dtype=np.float64)
            except ValueError:
                raise ZooError(f"line {number} does not hold numbers between commas.") from None
    else:
        yield from _array(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ZooError("it is no text.") from error


def _array(path: Path) -> np.ndarray:
    try:
        loaded = np.load(path, allow_pickle=False)
        array = loaded if path.suffix.lower() == ".npy" else loaded["structures"]
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ZooError(f"it holds no array of numbers ({error}).") from error
    if array.ndim != 3 or array.dtype.kind not in "iuf":
        raise ZooError(f"its array is {array.dtype} {list(array.shape)}, expected numbers [N, n, n].")
    return array


def _side(cell: np.ndarray) -> int:
    """n of a cell of n x n angles; ZooError if there is no even n."""
    n = math.isqrt(cell.size)
    if n * n != cell.size or n % 2 or n == 0 or cell.shape not in {(n * n,), (n, n)}:
        raise ZooError(f"{cell.size} angles are no cell: it has the square of an even number.")
    return n
