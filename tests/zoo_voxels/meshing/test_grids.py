"""Grids, read again by meshio, or by hand where it cannot."""

import base64
import importlib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo_voxels.meshing.grids import hexahedra, write_inp, write_meshio, write_vti

L = np.zeros((4, 4, 4), bool)
L[:, 1, 1] = L[2, :, 1] = True


@given(arrays(np.bool_, (3, 3, 3)))
def test_elements_are_the_voxels(cell: np.ndarray) -> None:
    if not cell.any():
        return
    mesh = hexahedra(cell, 6.0)
    corners = mesh.nodes[mesh.elements]
    np.testing.assert_allclose(np.sort(corners.mean(1), 0), np.sort(2 * (np.argwhere(cell) + 0.5), 0))
    edges = [corners[:, other] - corners[:, 0] for other in (1, 3, 4)]
    np.testing.assert_allclose(np.linalg.det(np.stack(edges, 1)), 8.0)
    assert len(np.unique(mesh.elements)) == len(mesh.nodes)


def test_partners_face_each_other() -> None:
    mesh = hexahedra(L, 8.0, tiles=2)
    assert len(mesh.faces["X0"]) == 4 * 4 and len(mesh.faces["Z0"]) == 0
    for axis, name in enumerate("XYZ"):
        between = mesh.nodes[mesh.faces[f"{name}1"]] - mesh.nodes[mesh.faces[f"{name}0"]]
        np.testing.assert_allclose(between, np.broadcast_to(16.0 * np.eye(3)[axis], between.shape))
        assert (np.diff(mesh.faces[f"{name}0"]) > 0).all()


def test_inp_by_meshio(tmp_path: Path) -> None:
    meshio = pytest.importorskip("meshio", reason="meshio is not installed")
    mesh = hexahedra(L, 8.0)
    write_inp(mesh, tmp_path / "a.inp")
    read = meshio.read(tmp_path / "a.inp")
    np.testing.assert_allclose(read.points, mesh.nodes)
    np.testing.assert_array_equal(read.cells_dict["hexahedron"], mesh.elements)
    for axis, name in enumerate("XYZ"):
        first, last = (read.points[read.point_sets[f"{name}{side}"]] for side in (0, 1))
        np.testing.assert_allclose(last - first, np.broadcast_to(8.0 * np.eye(3)[axis], first.shape))
    assert len(read.point_sets["X0"]) == 4


def test_other_formats_through_meshio(tmp_path: Path) -> None:
    meshio = pytest.importorskip("meshio", reason="meshio is not installed")
    mesh = hexahedra(L, 8.0)
    write_meshio(mesh, tmp_path / "a.vtu")
    np.testing.assert_array_equal(meshio.read(tmp_path / "a.vtu").cells_dict["hexahedron"], mesh.elements)
    with pytest.raises(ZooError, match="'foo'"):
        write_meshio(mesh, tmp_path / "a.foo")


def test_vti(tmp_path: Path) -> None:
    write_vti(L, 8.0, tmp_path / "a.vti", tiles=2)
    image = ElementTree.parse(tmp_path / "a.vti").getroot()[0]
    assert image.attrib["WholeExtent"] == "0 8 0 8 0 8" and float(image.attrib["Spacing"].split()[0]) == 2.0
    data = base64.b64decode((image.find(".//DataArray").text or "").strip())  # type: ignore[union-attr]
    assert int.from_bytes(data[:8], "little") == len(data) - 8
    x_fastest = np.frombuffer(data[8:], np.uint8).reshape(8, 8, 8).transpose(2, 1, 0)
    np.testing.assert_array_equal(x_fastest, np.tile(L, (2, 2, 2)))


def test_vti_by_vtk(tmp_path: Path) -> None:
    io = pytest.importorskip("vtkmodules.vtkIOXML", reason="VTK is not installed")
    numpy_support = importlib.import_module("vtkmodules.util.numpy_support")
    write_vti(L, 8.0, tmp_path / "a.vti")
    reader = io.vtkXMLImageDataReader()
    reader.SetFileName(str(tmp_path / "a.vti"))
    reader.Update()
    image = reader.GetOutput()
    assert image.GetBounds() == (0, 8, 0, 8, 0, 8) and image.GetNumberOfCells() == L.size
    solid = numpy_support.vtk_to_numpy(image.GetCellData().GetArray("solid"))
    for x, y, z in np.ndindex(L.shape):
        assert solid[image.ComputeCellId([x, y, z])] == L[x, y, z]


def test_an_empty_cell_has_no_elements() -> None:
    with pytest.raises(ZooError, match="empty"):
        hexahedra(np.zeros((4, 4, 4), bool), 1)
