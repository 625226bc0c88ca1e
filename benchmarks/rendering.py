"""Pictures of cells: the ray caster beside Matplotlib's `voxels` and PyVista, where they are installed.

    python benchmarks/rendering.py [--cells 100] [--pixels 256]

Cells of metashell and metatruss in turn. Times are those of one core (process time), for cells that are in memory,
without writing a file, and the least of several for each cell, as others may use the machine. Matplotlib draws voxels
one by one and takes some eight times as long for twice the resolution: it is measured at 24^3, and so is the ray caster
beside it.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np

from zoo_voxels.generation import crystal_nets, shells
from zoo_voxels.generation.struts import voxelise
from zoo_voxels.rendering.images import render


def seconds(draw: Callable[[np.ndarray], object], cells: list[np.ndarray], repeats: int) -> float:
    """Per cell, of one core."""
    draw(cells[0])
    least = np.full(len(cells), np.inf)
    for _ in range(repeats):
        for item, cell in enumerate(cells):
            started = time.process_time()
            draw(cell)
            least[item] = min(least[item], time.process_time() - started)
    return float(least.mean())


def matplotlib_voxels(cell: np.ndarray, pixels: int) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(pixels / 100, pixels / 100), dpi=100)
    canvas = FigureCanvasAgg(figure)
    figure.add_subplot(projection="3d").voxels(cell)
    canvas.draw()


def pyvista_surface(cell: np.ndarray, pixels: int) -> None:
    import pyvista

    grid = pyvista.ImageData(dimensions=np.array(cell.shape) + 2)
    grid["solid"] = np.pad(cell, 1).astype(np.float32).ravel(order="F")
    plotter = pyvista.Plotter(off_screen=True, window_size=[pixels, pixels])
    plotter.add_mesh(grid.contour([0.5]), smooth_shading=True)
    plotter.screenshot(return_img=True)
    plotter.close()


def cells(count: int, resolution: int) -> list[np.ndarray]:
    return [shell(item, resolution) if item % 2 == 0 else truss(item, resolution) for item in range(count)]


def shell(item: int, resolution: int) -> np.ndarray:
    return next(shells.candidates(item, resolution, 0)).cell.astype(bool)


def truss(item: int, resolution: int) -> np.ndarray:
    return voxelise(next(crystal_nets.candidates(item, 0)).net, resolution)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--pixels", type=int, default=256)
    options = parser.parse_args()
    ours = seconds(lambda cell: render(cell, options.pixels), cells(options.cells, 48), 10)
    print(f"ray caster, 48^3          {1000 * ours:8.1f} ms/cell, {options.cells} cells: {ours * options.cells:.2f} s")
    for name, package, draw, resolution, count, repeats in (
        ("matplotlib voxels, 24^3", "matplotlib", matplotlib_voxels, 24, 2, 1),
        ("pyvista, 48^3", "pyvista", pyvista_surface, 48, 10, 3),
    ):
        if importlib.util.find_spec(package) is None:
            print(f"{name:<24}  not installed")
            continue
        shown = cells(count, resolution)
        ours = seconds(lambda cell: render(cell, options.pixels), shown, 10)
        theirs = seconds(lambda cell, draw=draw: draw(cell, options.pixels), shown, repeats)
        print(f"{name:<24}  {1000 * theirs:8.1f} ms/cell, {theirs / ours:.0f} times as long as the ray caster")


if __name__ == "__main__":
    main()
