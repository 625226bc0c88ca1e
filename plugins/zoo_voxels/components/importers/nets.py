"""Nets from files, as nets."""

from collections.abc import Iterator
from pathlib import Path

from zoo import ZooError
from zoo_voxels.components.importers.crystal_graphs import ArcNets
from zoo_voxels.components.importers.crystal_nets import CgdNets
from zoo_voxels.components.importers.lattices import LatCatalogue
from zoo_voxels.components.importers.lumpe_catalogue import LumpeCatalogue
from zoo_voxels.formats.trusses import NetImporter
from zoo_voxels.generation.nets import Net

_IMPORTERS: tuple[type[NetImporter], ...] = (LatCatalogue, LumpeCatalogue, CgdNets, ArcNets)


def read_nets(path: Path) -> Iterator[Net]:
    """The nets of a `.lat`, `.cgd`, `.arc` or catalogue (`.txt`) file, in order, in the units of the file.

    ZooError, with the file and the number of the entry from 0, if there is none or one cannot be read.
    """
    if not path.exists():
        raise ZooError(f"there is no {path}.")
    importer = next((importer() for importer in _IMPORTERS if importer.recognises(path)), None)
    if importer is None:
        suffixes = ", ".join(sorted(suffix for importer in _IMPORTERS for suffix in importer.suffixes))
        raise ZooError(f"{path}: holds no nets that can be read; known: {suffixes}.")
    read = 0
    try:
        for entry in importer.entries(path):
            yield importer.net(entry)[0]
            read += 1
    except ZooError as error:
        raise ZooError(*(f"{path}, entry {read}: {problem}" for problem in error.problems)) from error
    if not read:
        raise ZooError(f"{path}: holds no nets.")
