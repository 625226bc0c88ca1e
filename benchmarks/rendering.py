"""Pictures of cells: the ray caster beside Matplotlib's `voxels` and, where they are installed, PyVista.

    python benchmarks/rendering.py [--cells 100] [--pixels 256]

Times are those of one core (process time), for cells of 48^3 voxels that are in memory, without writing a file.
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--pixels", type=int, default=256)
    options = parser.parse_args()
    cells = np.stack([next(candidates(item, 48, 0)).cell for item in range(options.cells)]).astype(bool)
    ours = seconds(lambda cell: render(cell, options.pixels), cells)
    print(f"ray caster          {1000 * ours:9.1f} ms/cell   {options.cells} cells: {ours * options.cells:.2f} s")
    for name, package, draw, count in (
        ("matplotlib voxels", "matplotlib", matplotlib_voxels, 1),
        ("pyvista", "pyvista", pyvista_surface, 10),
    ):
        if importlib.util.find_spec(package) is None:
            print(f"{name:<18}  not installed")
            continue
        # Matplotlib takes so long that a first cell, to warm up, is not worth it.
        started = time.process_time()
        theirs = seconds(lambda cell, draw=draw: draw(cell, options.pixels), cells[:count]) if count > 1 else 0.0
        if count == 1:
            draw(cells[0], options.pixels)
            theirs = time.process_time() - started
        print(f"{name:<18}  {1000 * theirs:9.1f} ms/cell   {theirs / ours:.0f} times as long")


if __name__ == "__main__":
    main()
