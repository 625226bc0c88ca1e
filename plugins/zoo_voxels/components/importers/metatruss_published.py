"""MetaTruss as it is published."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from zoo import Card, Entry, Importer, ZooError
from zoo_voxels.formats import npy
from zoo_voxels.formats.cells import UNITS, cell_of, entry_of

_NAMES = ("packed", "shape")


class PublishedMetaTruss(Importer):
    """The published `.npz`: `packed`, bits as by `np.packbits` of each flattened cell, uint8 `[n, ceil(d^3 / 8)]`, and
    `shape`, (d, d, d), axes x, y, z."""

    suffixes: ClassVar[tuple[str, ...]] = (".npz",)

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether it has the arrays of the published file."""
        if path.suffix.lower() not in cls.suffixes:
            return False
        try:
            return npy.headers(path).keys() >= set(_NAMES)
        except (ZooError, OSError):
            return False

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": _resolution(path)}

    def card(self) -> Card:
        return Card(
            title="MetaTruss, published edition",
            description=(
                "The truss unit cells that the VOXPLOER benchmark is run on, made by its authors from crystal networks "
                "of the catalogue of Lumpe & Stankovic (2021). By them, 17.2 % is solid in the mean, 2.9 % to 49.4 %."
            ),
            edition="published",
            licence="CC-BY-4.0",
            citation="https://huggingface.co/datasets/wzhan24/ReGDiff_MetaTruss_10k",
            units=UNITS,
        )

    def entries(self, path: Path) -> Iterator[tuple[NDArray[np.uint8], int]]:
        resolution = _resolution(path)
        return ((packed, resolution) for packed in npy.rows(path, "packed"))

    def convert(self, entry: tuple[NDArray[np.uint8], int]) -> Entry:
        packed, resolution = entry
        return entry_of(cell_of(np.unpackbits(packed, count=resolution**3).reshape((resolution,) * 3)))


def _resolution(path: Path) -> int:
    headers = npy.headers(path)
    missing = [name for name in _NAMES if name not in headers]
    if missing:
        raise ZooError(f"it lacks {' and '.join(missing)}.")
    shape = npy.whole(path, "shape").tolist()
    if len(shape) != 3 or len(set(shape)) != 1 or not isinstance(shape[0], int) or shape[0] < 2:
        raise ZooError(f"its cells have the shape {shape}; a cell is a cube.")
    packed, width = headers["packed"], -(-(shape[0] ** 3) // 8)
    if packed.dtype != np.uint8 or len(packed.shape) != 2 or packed.shape[1] != width:
        raise ZooError(f"'packed' is {packed.dtype} {packed.shape}, expected uint8 (n, {width}).")
    return shape[0]
