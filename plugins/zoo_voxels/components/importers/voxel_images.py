"""Cells as ParaView reads them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from zoo import Card, Entry, Importer, ZooError
from zoo_voxels.formats.cells import CARD, checked_threshold, read_cell, read_densities
from zoo_voxels.formats.vti_file import read_vti


class VtiCells(Importer):
    """VTK image data: every scalar array of the grid's cells, or of its points if the cells have none, is a unit cell,
    of 0 and 1 or of numbers that are solid above `threshold`.

    `array` names the one to read where there are others. `resolution` is that of the file if not given.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".vti",)

    def __init__(self, threshold: float | None = None, resolution: int | None = None, array: str | None = None) -> None:
        self.threshold = checked_threshold(threshold)
        self.resolution = resolution
        self.array = array

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution or len(next(self.entries(path)))}

    def card(self) -> Card:
        return CARD

    def entries(self, path: Path) -> Iterator[np.ndarray]:
        names = []
        for name, values in read_vti(path):
            names.append(name)
            if self.array in (None, name):
                yield values
        if not names:
            raise ZooError("its arrays have several components, expected numbers.")
        if self.array not in (None, *names):
            raise ZooError(f"it has no array {self.array!r}, only {', '.join(names)}.")

    def convert(self, entry: np.ndarray) -> Entry:
        return read_cell(entry, self.threshold, self.resolution)

    def convert_soft(self, entry: np.ndarray) -> Entry:
        return read_densities(entry, self.threshold, self.resolution)
