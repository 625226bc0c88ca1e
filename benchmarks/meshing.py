"""Files of cells beside the plain way to each.

    python benchmarks/meshing.py [--cells 10]

Surfaces beside marching cubes at the level 1/2 of the padded cell, and nothing else; "volume" is the largest error
against the voxels. Grids beside the writers of pyevtk (.vti) and meshio (.inp). Times are those of one core (process
time), for cells of 48^3 voxels, alone and as 2 x 2 x 2.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import meshio
import numpy as np
from pyevtk.hl import imageToVTK
from skimage.measure import marching_cubes

from zoo_voxels.generation.shells import candidates
from zoo_voxels.meshing.grids import hexahedra, write_inp, write_vti
from zoo_voxels.meshing.mesh_files import write_3mf, write_stl
from zoo_voxels.meshing.meshes import Mesh, is_manifold, surface, volume_error

SIZE = 20.0


def plain(cell: np.ndarray, tiles: int) -> Mesh:
    vertices, triangles, _, _ = marching_cubes(np.pad(np.tile(cell, (tiles,) * 3), 1).astype(np.float32), 0.5)
    return Mesh(vertices * np.float32(SIZE / len(cell)), np.ascontiguousarray(triangles[:, ::-1]))


def plain_vti(cell: np.ndarray, path: Path, tiles: int) -> None:
    solid = np.tile(cell, (tiles,) * 3).astype(np.uint8)
    imageToVTK(str(path), spacing=(SIZE / len(cell),) * 3, cellData={"solid": solid})


def plain_inp(cell: np.ndarray, path: Path, tiles: int) -> None:
    """The elements are ours: meshio makes none from voxels."""
    mesh = hexahedra(cell, SIZE, tiles)
    meshio.Mesh(mesh.nodes, {"hexahedron": mesh.elements}, point_sets=dict(mesh.faces)).write(path.with_suffix(".inp"))


def seconds(way: Callable[[Any], object], things: list[Any]) -> float:
    """For each thing, of one core."""
    way(things[0])
    started = time.process_time()
    for thing in things:
        way(thing)
    return (time.process_time() - started) / len(things)


def surfaces(cells: list[np.ndarray], tiles: int, file: Path) -> None:
    ways = {
        "plain": plain,
        "ours": lambda cell, tiles: surface(cell, SIZE, tiles),
        "ours, smooth": lambda cell, tiles: surface(cell, SIZE, tiles, smooth=True),
    }
    print(f"{tiles} x {tiles} x {tiles}        ms/cell   ratio   volume     manifold    STL ms   3MF ms")
    reference = 0.0
    for name, way in ways.items():
        taken = seconds(lambda cell, way=way: way(cell, tiles), cells)
        reference = reference or taken
        meshes = [way(cell, tiles) for cell in cells]
        worst = max(abs(volume_error(mesh, cell, SIZE, tiles)) for mesh, cell in zip(meshes, cells, strict=True))
        whole = sum(map(is_manifold, meshes))
        stl, threemf = (
            1000 * seconds(lambda mesh, write=write: write(mesh, file), meshes) for write in (write_stl, write_3mf)
        )
        print(
            f"{name:<12} {1000 * taken:9.0f} {taken / reference:7.1f} {100 * worst:8.3f} % "
            f"{whole:5d} of {len(meshes)} {stl:9.0f} {threemf:8.0f}"
        )


def grids(cells: list[np.ndarray], tiles: int, file: Path) -> None:
    for name, ours, peer, plainly in (
        (".vti", lambda cell: write_vti(cell, SIZE, file, tiles), "pyevtk", plain_vti),
        (".inp", lambda cell: write_inp(hexahedra(cell, SIZE, tiles), file), "meshio", plain_inp),
    ):
        taken = seconds(ours, cells)
        theirs = seconds(lambda cell, way=plainly: way(cell, file, tiles), cells)
        print(f"{name:<12} {1000 * taken:9.0f}   {peer} {1000 * theirs:.0f}, {theirs / taken:.1f} times as long")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=10)
    options = parser.parse_args()
    cells = [next(candidates(item, 48, 0)).cell.astype(bool) for item in range(options.cells)]
    with tempfile.TemporaryDirectory() as folder:
        for tiles in (1, 2):
            surfaces(cells, tiles, Path(folder) / "file")
            grids(cells, tiles, Path(folder) / "file")


if __name__ == "__main__":
    main()
