"""Voxel cells as grids for other programs: VTK image data, and meshes of hexahedra for finite elements."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError

_CORNERS = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]])
"""Corners of an element, in the order of Abaqus' C3D8 and VTK's hexahedron."""


@dataclass(frozen=True)
class Hexahedra:
    """One element per solid voxel. Nodes are numbered from 0 in the order of x, then y, then z."""

    nodes: NDArray[np.float64]
    """`[n, 3]`, in millimetres."""
    elements: NDArray[np.int64]
    """`[m, 8]`."""
    faces: Mapping[str, NDArray[np.int64]]
    """Nodes on the faces X0, X1, Y0, … of the box, those alone that have a partner on the opposite face. Partners stand
    at the same place of their sets, which are in ascending order."""


def hexahedra(cell: NDArray[np.bool_], size: float, tiles: int = 1) -> Hexahedra:
    """The elements of `tiles`^3 copies of a cell, bool `[x, y, z]`, whose longest edge is `size` millimetres.

    ZooError for a cell without solid.
    """
    if not cell.any():
        raise ZooError("an empty cell has no elements")
    solid = np.tile(cell, (tiles,) * 3)
    shape = tuple(length + 1 for length in solid.shape)
    corners = np.argwhere(solid)[:, None] + _CORNERS
    flat = np.ravel_multi_index(tuple(np.moveaxis(corners, -1, 0)), shape)
    used, elements = np.unique(flat, return_inverse=True)
    number = np.full(np.prod(shape), -1)
    number[used] = np.arange(len(used))
    nodes = np.stack(np.unravel_index(used, shape), 1) * (size / max(cell.shape))
    return Hexahedra(nodes, elements.reshape(-1, 8), _faces(number.reshape(shape)))


def write_vti(cell: NDArray[np.bool_], size: float, path: Path, tiles: int = 1) -> None:
    """VTK image data: the cell array `solid`, 1 or 0, in millimetres."""
    solid = np.tile(cell, (tiles,) * 3)
    extent = " ".join(f"0 {length}" for length in solid.shape)
    spacing = " ".join([repr(size / max(cell.shape))] * 3)
    data = solid.astype(np.uint8).tobytes(order="F")
    text = base64.b64encode(np.uint64(len(data)).tobytes() + data).decode()
    path.write_text(
        '<?xml version="1.0"?>\n'
        '<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">\n'
        f'<ImageData WholeExtent="{extent}" Origin="0 0 0" Spacing="{spacing}"><Piece Extent="{extent}">\n'
        '<CellData Scalars="solid"><DataArray type="UInt8" Name="solid" format="binary">\n'
        f"{text}\n"
        "</DataArray></CellData></Piece></ImageData></VTKFile>\n",
        encoding="ascii",
    )


def write_inp(mesh: Hexahedra, path: Path) -> None:
    """An input file of CalculiX or Abaqus: nodes, C3D8 elements in the set SOLID, and node sets X0 to Z1."""
    with path.open("w", encoding="ascii") as file:
        file.write("*NODE, NSET=NODES\n" + _lines("%d, %.9g, %.9g, %.9g\n", mesh.nodes))
        file.write("*ELEMENT, TYPE=C3D8, ELSET=SOLID\n" + _lines("%d" + 8 * ", %d" + "\n", mesh.elements + 1))
        for name, nodes in mesh.faces.items():
            file.write(f"*NSET, NSET={name}\n")
            for start in range(0, len(nodes), 12):
                file.write(", ".join(str(node + 1) for node in nodes[start : start + 12]) + "\n")


def _lines(form: str, rows: np.ndarray) -> str:
    """Each row after its number, from 1. All at once, which is several times as fast as line by line."""
    numbered = np.column_stack([np.arange(1, len(rows) + 1), rows])
    return form * len(rows) % tuple(numbered.ravel().tolist())


def write_meshio(mesh: Hexahedra, path: Path) -> None:
    """Any format that meshio knows by its suffix; ZooError without meshio, or for another suffix."""
    try:
        import meshio
    except ImportError:
        raise ZooError(f"{path.suffix} files are written by meshio: pip install 'metamaterial-zoo[meshio]'") from None
    if path.suffix not in meshio.extension_to_filetypes:
        formats = ", ".join(sorted(suffix.removeprefix(".") for suffix in meshio.extension_to_filetypes))
        wrong = path.suffix.removeprefix(".")
        raise ZooError(f"--format: unknown format {wrong!r}; known: 3mf, stl, vti, inp and, by meshio, {formats}.")
    meshio.Mesh(mesh.nodes, {"hexahedron": mesh.elements}, point_sets=dict(mesh.faces)).write(path)


def _faces(number: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """The sets of paired nodes, from the number of the node at each corner of the grid, -1 where there is none."""
    faces = {}
    for axis, name in enumerate("XYZ"):
        first, last = np.take(number, 0, axis).ravel(), np.take(number, -1, axis).ravel()
        paired = (first >= 0) & (last >= 0)
        faces[f"{name}0"], faces[f"{name}1"] = first[paired], last[paired]
    return faces
