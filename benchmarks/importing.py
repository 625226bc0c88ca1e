"""Importing and building: what an entry takes, beside the same in plain numpy on the same files.

    python benchmarks/importing.py [--cells 200] [--resolution 48] [--seed 0]

Both ways must give the same. One thread; processor time, so that other work on the machine counts little. "The whole
import" is `zoo data import`, with every check, to a dataset on the disk; beside it, numpy reads all cells at once,
packs and writes them.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from metatruss import plain_voxelise
from skimage.measure import marching_cubes

from zoo import Importer, ZooError
from zoo.data.importing import import_data
from zoo.data.opening import open_data
from zoo_voxels.components.importers.crystal_graphs import ArcNets
from zoo_voxels.components.importers.metatruss_published import PublishedMetaTruss
from zoo_voxels.components.importers.voxel_arrays import VoxelArrays
from zoo_voxels.components.importers.voxel_surfaces import StlCells
from zoo_voxels.components.metatruss import MetaTruss
from zoo_voxels.formats.stl_file import read_stl
from zoo_voxels.generation.crystal_nets import candidates
from zoo_voxels.generation.nets import net

Way = Callable[[], np.ndarray]


def seconds(work: Way) -> tuple[float, np.ndarray]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def imported(importer: Importer, path: Path) -> np.ndarray:
    return np.stack([importer.convert(entry).structure for entry in importer.entries(path)])


def plain_stl(path: Path, resolution: int) -> np.ndarray:
    """Every column of voxel centres along z against every triangle."""
    corners = read_stl(path)
    low, high = corners.reshape(-1, 3).min(0), corners.reshape(-1, 3).max(0)
    placed = ((corners - (low + high) / 2) / (high - low).max() + 0.5) * resolution - [1.1e-7, 2.3e-7, 3.1e-7]
    a, b, c = np.moveaxis(placed, 1, 0)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    cell = np.zeros((resolution,) * 3, dtype=np.uint8)
    for i, j in np.ndindex(resolution, resolution):
        x, y = i + 0.5, j + 0.5
        with np.errstate(divide="ignore", invalid="ignore"):
            u = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (y - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
            v = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (b[:, 1] - a[:, 1]) * (x - a[:, 0])) / area
            hit = (area != 0) & (u >= 0) & (v >= 0) & (u + v <= 1)
        heights = a[hit, 2] + u[hit] * (b - a)[hit, 2] + v[hit] * (c - a)[hit, 2]
        cell[i, j] = (np.arange(resolution)[:, None] + 0.5 > heights).sum(1) % 2
    return cell[None]


def plain_arc(path: Path, resolution: int) -> np.ndarray:
    """Places by least squares, every bar against every voxel."""
    lines = path.read_text().splitlines()
    cells = []
    for key in lines[::2]:
        rows = np.array(key.split()[2:], dtype=np.int64).reshape(-1, 5)
        edges, shifts = rows[:, :2] - 1, rows[:, 2:]
        count = edges.max() + 1
        differences = np.eye(count)[edges[:, 1]] - np.eye(count)[edges[:, 0]]
        places = np.linalg.lstsq(differences, -shifts.astype(float), rcond=None)[0]
        cells.append(plain_voxelise(net("net", np.eye(3), places - places[0], edges, shifts), resolution))
    return np.array(cells, np.uint8)


def write_arc(path: Path, count: int, seed: int) -> None:
    """The topologies of as many nets as can be placed."""
    reader, keys = ArcNets(8), []
    for item in range(4 * count):
        made = next(candidates(item, seed)).net
        key = f"3 {' '.join(map(str, np.hstack([made.edges + 1, made.shifts]).ravel()))}"
        with suppress(ZooError):
            reader.convert((key, "net"))
            keys.append(key)
    path.write_text("".join(f"key {key}\nid net-{i}\n" for i, key in enumerate(keys[:count])))


def write_stl(path: Path, cell: np.ndarray) -> None:
    corners, faces, _, _ = marching_cubes(np.pad(cell.astype(float), 1), 0.5)
    records = np.zeros(len(faces), [("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    records["corners"] = corners[faces]
    path.write_bytes(bytes(80) + np.uint32(len(faces)).tobytes() + records.tobytes())


def report(what: str, count: int, ours: Way, plain: Way, differ: float = 0.0) -> None:
    fast, found = seconds(ours)
    slow, expected = seconds(plain)
    assert found.shape == expected.shape, what
    assert (found != expected).mean() <= differ, f"{what}: the two ways differ"
    print(f"{what:<34}{1e3 * fast / count:10.2f}{1e3 * slow / count:12.2f}{slow / fast:10.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--resolution", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    count, d = arguments.cells, arguments.resolution
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["ZOO_HOME"] = str(folder / "home")
        cells = MetaTruss(d, count, arguments.seed).make(range(count)).structures.astype(np.uint8)
        np.save(folder / "cells.npy", cells)
        packed = np.packbits(cells.reshape(count, -1), axis=1)
        np.savez(folder / "cells.npz", packed=packed, shape=np.array([d, d, d]))
        few = max(1, count // 20)
        write_arc(folder / "nets.arc", few, arguments.seed)
        write_stl(folder / "cell.stl", cells[0])
        for warm in (StlCells(8), ArcNets(8)):  # compiles what is not compiled yet
            imported(warm, folder / f"{'cell' if isinstance(warm, StlCells) else 'nets'}{warm.suffixes[0]}")

        def unpacked() -> np.ndarray:
            with np.load(folder / "cells.npz") as file:
                return np.unpackbits(file["packed"], axis=1, count=d**3).reshape(count, d, d, d)

        def written() -> np.ndarray:
            everything = np.load(folder / "cells.npy")
            assert np.isin(everything, (0, 1)).all()
            np.savez(folder / "plain.npz", packed=np.packbits(everything.reshape(count, -1), axis=1))
            return everything

        def whole() -> np.ndarray:
            done = import_data("bench", [folder / "cells.npy"], quiet=True)
            return open_data({"use": "imported", "name": "bench", "checksum": ""}, quiet=True).store.array()[
                : done.count
            ]

        print(f"{'per entry':<34}{'ours, ms':>10}{'plain, ms':>12}{'ratio':>10}")
        arrays, bits = VoxelArrays(), PublishedMetaTruss()
        report(".npy", count, lambda: imported(arrays, folder / "cells.npy"), lambda: np.load(folder / "cells.npy"))
        report(".npz, packed", count, lambda: imported(bits, folder / "cells.npz"), unpacked)
        report("the whole import, .npy", count, whole, written)
        nets, surface = ArcNets(d), StlCells(d)
        report(
            ".arc", few, lambda: imported(nets, folder / "nets.arc"), lambda: plain_arc(folder / "nets.arc", d), 1e-3
        )
        report(
            ".stl", 1, lambda: imported(surface, folder / "cell.stl"), lambda: plain_stl(folder / "cell.stl", d), 1e-3
        )


if __name__ == "__main__":
    main()
