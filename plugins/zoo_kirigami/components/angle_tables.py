"""Importer of angle tables."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from zoo import Card, Entry, Importer, ZooError, array_errors
from zoo_kirigami.components.cut_pattern import CutPattern, check_angles
from zoo_kirigami.cuts.geometry import CUT_LENGTH, order


class AngleTables(Importer):
    """Cells of n x n cuts, in degrees from the vertical: a `.csv` file with a cell a line, row by row; the array
    `[N, n, n]` of a `.npy` file; the array `structures` of a `.npz` file.

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
        """Whether the first cell has the square of an even number of angles."""
        try:
            return path.suffix.lower() in cls.suffixes and bool(_square(next(_cells(path))).size)
        except (ZooError, OSError, StopIteration):
            return False

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {
            "use": "cut-pattern",
            "max_rotation": self.max_rotation,
            "n": len(_first_square(path)),
            "cut_length": self.cut_length,
        }

    def card(self) -> Card:
        return Card("Cut patterns", "", edition="own", licence="not stated", units={"order": ""})

    def entries(self, path: Path) -> Iterator[str | np.ndarray]:
        yield from _cells(path)

    def convert(self, entry: str | np.ndarray) -> Entry:
        angles = _square(entry).astype(np.float32)
        check_angles(angles[None], self.max_rotation)
        return Entry(angles, {"order": float(order(angles[None])[0])})


def _cells(path: Path) -> Iterator[str | np.ndarray]:
    """The cells of a file, each as it is: a line of text, or a part of the array."""
    yield from _text(path).splitlines() if path.suffix.lower() == ".csv" else _array(path)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ZooError("it is not text.") from error


def _array(path: Path) -> np.ndarray:
    with array_errors():
        loaded = np.load(path, allow_pickle=False)
        if not isinstance(loaded, np.ndarray):
            if "structures" not in loaded:
                raise ZooError("it has no array 'structures'.")
            loaded = loaded["structures"]
    array: np.ndarray = loaded
    if array.ndim != 3 or array.dtype.kind not in "iuf":
        raise ZooError(f"its array is {array.dtype} {list(array.shape)}, expected numbers [N, n, n].")
    return array


def _square(entry: str | np.ndarray) -> np.ndarray:
    """A cell as angles `[n, n]`; ZooError if it is none, or if n is not even."""
    try:
        cell = np.array(entry.split(","), np.float64) if isinstance(entry, str) else entry
    except ValueError:
        raise ZooError("it does not hold numbers between commas.") from None
    n = math.isqrt(cell.size)
    if n * n != cell.size or n % 2 or n == 0 or cell.shape not in {(n * n,), (n, n)}:
        raise ZooError(f"{cell.size} angles are not a cell: it has the square of an even number.")
    return cell.reshape(n, n)


def _first_square(path: Path) -> np.ndarray:
    """The first cell that is one; the others are told of when all are looked at. ZooError if there is none."""
    for entry in _cells(path):
        with suppress(ZooError):
            return _square(entry)
    raise ZooError("it holds no cell, of as many numbers as the square of an even one.")
