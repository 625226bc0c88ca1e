"""The common part of importers of nets: bars become struts, struts voxels."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo import Entry, Importer, ZooError
from zoo_voxels.formats.cells import UNITS, entry_of
from zoo_voxels.generation.nets import Net, closest_vertices, connectivity
from zoo_voxels.generation.struts import RADIUS, Frame, Rule, voxelise

NET_UNITS = {**UNITS, "coordination": "", "lattice": "longest lattice vector"}
NEAR = 0.004
"""Vertices closer than this share of the longest lattice vector, a fifth of a voxel of the benchmark, coincide."""


class NetImporter(Importer):
    """Nets that become cells of `resolution`^3 voxels, with struts of `radius` as `struts.voxelise` has it, in the
    cube of fractional coordinates or in space (`frame`), from segments or lines (`rule`).

    Properties are `volume_fraction`, `lattice`, vectors as rows, and `coordination`, how many bars meet at a vertex, in
    the mean over those where more than two do: where it is two, a bar is bent, or cut at a face of the cell.
    """

    def __init__(
        self, resolution: int = 48, radius: float = RADIUS, frame: Frame = "fractional", rule: Rule = "segment"
    ) -> None:
        if not 0 < radius < 0.5:
            raise ZooError(f"radius {radius:g} is not between 0 and 1/2 of the cell")
        self.resolution = resolution
        self.radius = radius
        self.frame = frame
        self.rule = rule

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    @abstractmethod
    def net(self, entry: Any) -> tuple[Net, Mapping[str, float | NDArray[np.float64]]]:
        """The net of an entry, and what else the file knows of it."""

    def convert(self, entry: Any) -> Entry:
        """ZooError for a net that is not 3-periodic or has vertices in one place."""
        net, stated = self.net(entry)
        _, rank = connectivity(net)
        if rank < 3:
            raise ZooError(f"{net.name}: it is {rank}-periodic, not 3-periodic.")
        longest = np.linalg.norm(net.lattice, axis=1).max()
        if closest_vertices(net) < NEAR * longest:
            raise ZooError(f"{net.name}: some of its vertices are in one place.")
        cell = voxelise(net, self.resolution, self.radius, self.frame, self.rule)
        meeting = net.coordination()
        measured = {"coordination": float(meeting[meeting > 2].mean()), "lattice": net.lattice / longest}
        return entry_of(cell, **{**measured, **stated})._replace(name=net.name)


def numbers(words: list[str], count: int, what: str) -> list[float]:
    """`count` finite numbers. ZooError says what they should have been."""
    try:
        values = [float(word) for word in words]
    except ValueError:
        values = []
    if len(values) != count or not np.isfinite(values).all():
        raise ZooError(f"{what}: expected {count} numbers, got {' '.join(words)[:60]!r}.")
    return values
