"""MetaShell as Yang et al. publish it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from zoo import Card, Entry, Importer, ZooError
from zoo_voxels.components.metashell import MEASURED
from zoo_voxels.formats.cells import UNITS, entry_of, resized

_OCTANT = 64
_VOXELS, _STIFFNESS, _VOLUME = "binary_voxel", "binary_C", "vol"


class YangShells(Importer):
    """Three raw files per cell: `<id>binary_voxel`, 64^3 bits of one octant, x fastest, lowest bit first;
    `<id>binary_C`, the stiffness as 36 float32; `<id>vol`, the volume fraction, one float32. Name the first, or a
    folder of them.

    The octant is mirrored in x, y and z to 128^3 voxels, which are resized to `resolution`^3 as for the benchmark.
    """

    suffixes: ClassVar[tuple[str, ...]] = (_VOXELS,)

    def __init__(self, resolution: int = 48) -> None:
        self.resolution = resolution

    @classmethod
    def recognises(cls, path: Path) -> bool:
        """Whether the name ends as theirs do; these files have no suffix."""
        return path.name.endswith(_VOXELS)

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def card(self) -> Card:
        return Card(
            title="MetaShell, Yang et al.'s edition",
            description=(
                "Shell unit cells with cubic stiffness, optimised and enlarged by guided diffusion; an octant of 64^3 "
                f"voxels each, mirrored and resized to {self.resolution}^3. Stiffness is theirs, of the 128^3 cell, "
                "Voigt order, base material E = 1e6 and Poisson's ratio 0.3, in units of E's. "
                f"{MEASURED}"
            ),
            edition="yang",
            licence="not stated",
            citation=(
                "Y. Yang et al., Guided diffusion for the fast inverse design of density-based mechanical "
                "metamaterials, arXiv:2401.13570, 2024"
            ),
            units={**UNITS, "volume_fraction_128": "", "stiffness": "base material's E / 1e6"},
            kinds={"stiffness": "voigt"},
        )

    def entries(self, path: Path) -> Iterator[Path]:
        if not self.recognises(path):
            raise ZooError(f"its name does not end in {_VOXELS!r}.")
        yield path

    def convert(self, entry: Path) -> Entry:
        bits = np.unpackbits(_raw(entry, np.dtype(np.uint8), _OCTANT**3 // 8), bitorder="little")
        octant = bits.reshape((_OCTANT,) * 3, order="F").astype(bool)
        stem = entry.name.removesuffix(_VOXELS)
        stiffness = _raw(entry.with_name(stem + _STIFFNESS), np.dtype("<f4"), 36).reshape(6, 6)
        volume = _raw(entry.with_name(stem + _VOLUME), np.dtype("<f4"), 1)
        cell = resized(mirrored(octant), self.resolution)
        return entry_of(cell, volume_fraction_128=float(volume[0]), stiffness=stiffness)


def mirrored(octant: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cell `[2 d, 2 d, 2 d]` whose first octant this is, and whose others are its mirror images."""
    for axis in range(3):
        octant = np.concatenate([octant, np.flip(octant, axis)], axis)
    return octant


def _raw(path: Path, dtype: np.dtype, count: int) -> np.ndarray:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ZooError(f"cannot read {path.name}: {error.strerror}.") from error
    if len(data) != count * dtype.itemsize:
        raise ZooError(f"{path.name} has {len(data):,} bytes, expected {count * dtype.itemsize:,}.")
    values = np.frombuffer(data, dtype)
    if dtype.kind == "f" and not np.isfinite(values).all():
        raise ZooError(f"{path.name} holds NaN or infinities.")
    return values
