"""Stacks of cells as numpy writes them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from zoo import Card, Entry, Importer, ZooError, shape_words
from zoo_voxels.formats import npy
from zoo_voxels.formats.cells import CARD, checked_threshold, read_cell, read_densities

STRUCTURES = "structures"


class VoxelArrays(Importer):
    """Cells `[n, d, d, d]`, axes x, y, z, or a single one `[d, d, d]`, of bool, 0 and 1, or numbers that are solid
    above `threshold`: the array of a `.npy` file, or of a `.npz` file that holds one or calls one `structures`.

    `resolution` is that of the file if not given; else cells are resized.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".npy", ".npz")

    def __init__(self, threshold: float | None = None, resolution: int | None = None) -> None:
        self.threshold = checked_threshold(threshold)
        self.resolution = resolution

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the shape is a cube, or a stack of boxes, of which those that are not cubes are told."""
        if path.suffix.lower() not in cls.suffixes:
            return False
        try:
            shape = npy.headers(path)[_name(path)].shape
        except (ZooError, OSError):
            return False
        return len(shape) == 4 or (len(shape) == 3 and len(set(shape)) == 1)

    def domain(self, path: Path) -> Mapping[str, Any]:
        shape = npy.headers(path)[_name(path)].shape
        _check_rank(shape)
        if len(set(shape[-3:])) != 1:
            raise ZooError(f"its cells are {shape_words(shape[-3:])}; a cell is a cube.")
        return {"use": "voxels", "resolution": self.resolution or shape[-1]}

    def card(self) -> Card:
        return CARD

    def entries(self, path: Path) -> Iterator[np.ndarray]:
        name = _name(path)
        shape = npy.headers(path)[name].shape
        _check_rank(shape)
        if len(shape) == 3:
            yield npy.whole(path, name)
        else:
            yield from npy.rows(path, name)

    def convert(self, entry: np.ndarray) -> Entry:
        return read_cell(entry, self.threshold, self.resolution)

    def convert_soft(self, entry: np.ndarray) -> Entry:
        return read_densities(entry, self.threshold, self.resolution)


def _check_rank(shape: tuple[int, ...]) -> None:
    if len(shape) not in (3, 4):
        raise ZooError(f"its array has {len(shape)} axes, expected n, x, y, z.")


def _name(path: Path) -> str:
    names = list(npy.headers(path))
    if STRUCTURES in names:
        return STRUCTURES
    if len(names) != 1:
        raise ZooError(f"it holds {', '.join(names) or 'nothing'}; expected one array, or one called {STRUCTURES!r}.")
    return names[0]
