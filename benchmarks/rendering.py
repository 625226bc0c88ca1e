"""Pictures of cells: the ray caster beside Matplotlib's `voxels` and PyVista, where they are installed.

    python benchmarks/rendering.py [--cells 100] [--pixels 256]

Times are those of one core (process time), for cells that are in memory, without writing a file. Matplotlib draws
voxels one by one and takes some eight times as long for twice the resolution: it is measured at 24^3, and so is the ray
caster beside it.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np

from zoo_voxels.images import render
from zoo_voxels.shells import candidates


def seconds(draw: Callable[[np.ndarray], object], cells: np.ndarray) -> float:
    """Per cell, of one core."""
    draw(cells[0])
    started = time.process_time()
    for cell in cells:
        draw(cell)
    return (time.process_time() - started) / len(cells)


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


def cells(count: int, resolution: int) -> np.ndarray:
    return np.stack([next(candidates(item, resolution, 0)).cell for item in range(count)]).astype(bool)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--pixels", type=int, default=256)
    options = parser.parse_args()
    ours = seconds(lambda cell: render(cell, options.pixels), cells(options.cells, 48))
    print(f"ray caster, 48^3          {1000 * ours:8.1f} ms/cell, {options.cells} cells: {ours * options.cells:.2f} s")
    for name, package, draw, resolution, count in (
        ("matplotlib voxels, 24^3", "matplotlib", matplotlib_voxels, 24, 2),
        ("pyvista, 48^3", "pyvista", pyvista_surface, 48, 10),
    ):
        if importlib.util.find_spec(package) is None:
            print(f"{name:<24}  not installed")
            continue
        shown = cells(count, resolution)
        ours = seconds(lambda cell: render(cell, options.pixels), shown)
        theirs = seconds(lambda cell, draw=draw: draw(cell, options.pixels), shown)
        print(f"{name:<24}  {1000 * theirs:8.1f} ms/cell, {theirs / ours:.0f} times as long as the ray caster")


if __name__ == "__main__":
    main()
