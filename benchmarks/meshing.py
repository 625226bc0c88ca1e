"""Meshes of cells beside the plain way: marching cubes at the level 1/2 of the padded cell, and nothing else.

    python benchmarks/meshing.py [--cells 10]

Times are those of one core (process time), for cells of 48^3 voxels, alone and as 2 x 2 x 2. "volume" is the largest
error against the voxels.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from skimage.measure import marching_cubes

from zoo_voxels.mesh_files import write_3mf, write_stl
from zoo_voxels.meshes import Mesh, is_manifold, surface, volume_error
from zoo_voxels.shells import candidates

SIZE = 20.0


def plain(cell: np.ndarray, tiles: int) -> Mesh:
    vertices, triangles, _, _ = marching_cubes(np.pad(np.tile(cell, (tiles,) * 3), 1).astype(np.float32), 0.5)
    return Mesh(vertices * np.float32(SIZE / len(cell)), np.ascontiguousarray(triangles[:, ::-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=10)
    options = parser.parse_args()
    cells = [next(candidates(item, 48, 0)).cell.astype(bool) for item in range(options.cells)]
    ways = {
        "plain": plain,
        "ours": lambda cell, tiles: surface(cell, SIZE, tiles),
        "ours, smooth": lambda cell, tiles: surface(cell, SIZE, tiles, smooth=True),
    }
    for tiles in (1, 2):
        print(f"{tiles} x {tiles} x {tiles}        ms/cell   ratio   volume     manifold    STL ms   3MF ms")
        reference = 0.0
        for name, way in ways.items():
            way(cells[0], 1)
            started = time.process_time()
            meshes = [way(cell, tiles) for cell in cells]
            taken = (time.process_time() - started) / len(cells)
            reference = reference or taken
            worst = max(abs(volume_error(mesh, cell, SIZE, tiles)) for mesh, cell in zip(meshes, cells, strict=True))
            whole = sum(map(is_manifold, meshes))
            writing = []
            with tempfile.TemporaryDirectory() as folder:
                for write in (write_stl, write_3mf):
                    started = time.process_time()
                    for mesh in meshes:
                        write(mesh, Path(folder) / "mesh")
                    writing.append(1000 * (time.process_time() - started) / len(meshes))
            print(
                f"{name:<12} {1000 * taken:9.0f} {taken / reference:7.1f} {100 * worst:8.3f} % "
                f"{whole:5d} of {len(meshes)} {writing[0]:9.0f} {writing[1]:8.0f}"
            )


if __name__ == "__main__":
    main()
