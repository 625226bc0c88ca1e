"""`zoo mesh`."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoo import ZooError, pick, read_structures, require_cubes, whole_file
from zoo_voxels.commands.options import Cells, Threshold, given_threshold

if TYPE_CHECKING:
    import numpy as np

_FORMATS = ("3mf", "stl", "vti", "inp", "vtu", "vtk", "msh", "xdmf")


def mesh(
    cells: Cells,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write to, a file for each cell.")],
    form: Annotated[
        str, typer.Option("--format", help="3mf, stl; vti (ParaView), inp (CalculiX, Abaqus); others by meshio.")
    ] = "3mf",
    size: Annotated[float, typer.Option(help="Edge of one cell in millimetres.")] = 20.0,
    tile: Annotated[int, typer.Option(min=1, help="Copies along each axis.")] = 1,
    smooth: Annotated[bool, typer.Option("--smooth", help="Round the stairs, keep the volume.")] = False,
    thinnest: Annotated[float, typer.Option(help="What your printer can print, in millimetres, to be warned.")] = 0.0,
    items: Annotated[
        list[int] | None, typer.Option("--cell", help="Which cell, from 0. Repeatable; all by default.")
    ] = None,
    threshold: Threshold = None,
) -> None:
    """Write cells as meshes: closed surfaces to print, or grids for other programs."""
    from zoo_voxels.measures.printability import thin_share, trapped_void

    suffix = output.suffix.removeprefix(".").lower()
    if suffix in _FORMATS and not output.is_dir():
        raise ZooError(
            f"--output {output}: a folder is meant, for a file of each cell; --format {suffix} says the kind."
        )
    if not 0 < size < math.inf:
        raise ZooError(f"--size {size:g}: a cell has an edge longer than 0 mm.")
    if not 0 <= thinnest <= size / 2:
        raise ZooError(f"--thinnest {thinnest:g}: of use are 0 to {size / 2:g} mm, half of a cell's edge.")
    structures = read_structures(cells, {"use": "voxels"}, arguments=given_threshold(threshold))
    numbers = range(len(structures)) if items is None else items
    picked = pick(structures, numbers)
    require_cubes(picked, "zoo mesh")
    chosen = dict(zip(numbers, picked.structures.astype(bool), strict=True))
    problems = [f"{cells}: cell {item} is empty." for item, cell in chosen.items() if not cell.any()]
    if problems:
        raise ZooError(*problems)
    write = _writer(form, size, tile, smooth)
    for item, cell in chosen.items():
        path = output / f"cell-{item:04d}.{form}"
        with whole_file(path) as temporary:
            facts = write(cell, temporary)
        typer.echo(f"{path}  {facts}")
        thin = thin_share(cell, size / len(cell), thinnest)
        if thin:
            _warn(f"cell {item}: {100 * thin:.3g} % of its solid is in struts or walls thinner than {thinnest:g} mm.")
        trapped = trapped_void(cell, tile)
        if trapped:
            volume = trapped * (size / len(cell)) ** 3
            _warn(f"cell {item}: powder or resin cannot leave {volume:.2g} cubic millimetres of closed voids.")


def _writer(form: str, size: float, tile: int, smooth: bool) -> "Callable[[np.ndarray, Path], str]":
    """Writes a cell to a file, and says what was written."""
    if form in ("stl", "3mf"):
        return lambda cell, path: _print(cell, path, form, size, tile, smooth)
    if smooth:
        raise ZooError(f"--smooth: {form} files hold voxels, which have no smooth surface.")
    return lambda cell, path: _grid(cell, path, form, size, tile)


def _print(cell: "np.ndarray", path: Path, form: str, size: float, tile: int, smooth: bool) -> str:
    from zoo_voxels.meshing.mesh_files import write_3mf, write_stl
    from zoo_voxels.meshing.meshes import is_manifold, surface, volume_error

    mesh = surface(cell, size, tile, smooth=smooth)
    if not is_manifold(mesh):
        raise ZooError("its surface came out with holes, and is not written; this should not happen: please report it.")
    (write_stl if form == "stl" else write_3mf)(mesh, path)
    error = volume_error(mesh, cell, size, tile)
    return (
        f"{size * tile:g} mm wide, {len(mesh.triangles):,} triangles, watertight and manifold, "
        f"{mesh.volume:.4g} cubic millimetres ({100 * error:+.2f} % of the voxels')"
    )


def _grid(cell: "np.ndarray", path: Path, form: str, size: float, tile: int) -> str:
    from zoo_voxels.meshing.grids import hexahedra, write_inp, write_meshio, write_vti

    if form == "vti":
        write_vti(cell, size, path, tile)
        return f"{size * tile:g} mm wide, {len(cell) * tile} voxels along each edge"
    mesh = hexahedra(cell, size, tile)
    (write_inp if form == "inp" else write_meshio)(mesh, path)
    return f"{size * tile:g} mm wide, {len(mesh.elements):,} hexahedra, {len(mesh.nodes):,} nodes"


def _warn(text: str) -> None:
    typer.secho("warning: ", fg="yellow", bold=True, nl=False, err=True)
    typer.echo(text, err=True)
