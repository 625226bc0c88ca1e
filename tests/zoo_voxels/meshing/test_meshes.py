"""Meshes can be printed: closed, manifold by another library's judgement, of the right volume and size."""

import struct
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo_voxels.meshing.mesh_files import write_3mf, write_stl
from zoo_voxels.meshing.meshes import Mesh, is_manifold, surface, volume_error


def pairs(resolution: int) -> list[tuple[np.ndarray, np.ndarray]]:
    x, y, z = np.meshgrid(*[(np.arange(resolution) + 0.5) / resolution] * 3, indexing="ij")
    return [(x, y), (y, z), (z, x)]


def gyroid(resolution: int) -> np.ndarray:
    return abs(sum(np.sin(2 * np.pi * a) * np.cos(2 * np.pi * b) for a, b in pairs(resolution))) < 0.4


GYROID = gyroid(24)
TRUSS = np.minimum.reduce([np.hypot(a - 0.5, b - 0.5) for a, b in pairs(24)]) < 0.08


def judged(mesh: Mesh) -> float:
    """The volume by manifold3d, which refuses what is not manifold."""
    manifold3d = pytest.importorskip("manifold3d", reason="manifold3d is not installed")
    solid = manifold3d.Manifold(manifold3d.Mesh(mesh.vertices, mesh.triangles.astype(np.uint32)))
    assert solid.status() == manifold3d.Error.NoError
    return float(solid.volume())


@pytest.mark.parametrize("cell", [GYROID, TRUSS], ids=["gyroid", "truss"])
@pytest.mark.parametrize("tiles", [1, 2])
@pytest.mark.parametrize("smooth", [False, True])
def test_meshes_are_manifold_and_keep_the_volume(cell: np.ndarray, tiles: int, smooth: bool) -> None:
    mesh = surface(cell, 20, tiles, smooth=smooth)
    assert judged(mesh) == pytest.approx(cell.mean() * (20 * tiles) ** 3, rel=5e-3)
    assert is_manifold(mesh)
    np.testing.assert_allclose([mesh.vertices.min(), mesh.vertices.max()], [0, 20 * tiles], atol=1e-4)


def test_a_smooth_gyroid_has_the_area_of_the_gyroid_and_a_rough_one_more() -> None:
    """Two sides of a sheet: twice the gyroid's 3.0916 per unit cell, rims on the faces of the box not counted."""
    rough, smooth = (_area_inside(surface(gyroid(48), 1.0, smooth=smooth)) for smooth in (False, True))
    assert smooth == pytest.approx(2 * 3.0916, rel=0.05)
    assert rough > 1.02 * smooth


def _area_inside(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]].astype(float) for k in range(3))
    rim = ((a == b) & (b == c) & ((abs(a) < 1e-6) | (abs(a - 1) < 1e-6))).any(1)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1)[~rim].sum() / 2)


@settings(max_examples=30)
@given(arrays(np.bool_, (4, 4, 4)), st.integers(1, 2), st.booleans())
def test_whatever_the_cell_its_mesh_is_manifold(cell: np.ndarray, tiles: int, smooth: bool) -> None:
    if cell.any():
        mesh = surface(cell, 4, tiles, smooth=smooth)
        assert judged(mesh) > 0
        assert is_manifold(mesh)


def test_holes_and_turned_triangles_are_found() -> None:
    mesh = surface(TRUSS, 1)
    assert not is_manifold(Mesh(mesh.vertices, mesh.triangles[1:]))
    turned = mesh.triangles.copy()
    turned[0] = turned[0, ::-1]
    assert not is_manifold(Mesh(mesh.vertices, turned))


def test_an_empty_cell_has_no_surface() -> None:
    with pytest.raises(ZooError, match="empty"):
        surface(np.zeros((4, 4, 4), bool), 1)


def test_stl(tmp_path: Path) -> None:
    mesh = surface(TRUSS, 20)
    write_stl(mesh, tmp_path / "a.stl")
    data = (tmp_path / "a.stl").read_bytes()
    (count,) = struct.unpack_from("<I", data, 80)
    assert count == len(mesh.triangles) and len(data) == 84 + 50 * count
    normal, a, b, c = np.array(struct.unpack_from("<12f", data, 84 + 50 * 7)).reshape(4, 3)
    np.testing.assert_array_equal([a, b, c], mesh.vertices[mesh.triangles[7]])
    np.testing.assert_allclose(np.cross(b - a, c - a) / np.linalg.norm(np.cross(b - a, c - a)), normal, atol=1e-6)


@pytest.mark.parametrize("size", [20.0, 0.05], ids=["printed", "by two photons"])
@pytest.mark.parametrize("cell", [GYROID, TRUSS], ids=["gyroid", "truss"])
def test_files_by_other_readers(cell: np.ndarray, size: float, tmp_path: Path) -> None:
    """STL by trimesh, which merges the corners of triangles; 3MF by the reader of the 3MF consortium, being strict."""
    trimesh = pytest.importorskip("trimesh", reason="trimesh is not installed")
    lib3mf = pytest.importorskip("lib3mf", reason="lib3mf is not installed")
    mesh, volume = surface(cell, size, 2), cell.mean() * (2 * size) ** 3
    write_stl(mesh, tmp_path / "a.stl")
    read = trimesh.load_mesh(tmp_path / "a.stl")
    assert read.is_watertight and read.is_winding_consistent
    assert read.volume == pytest.approx(volume, rel=5e-3)
    np.testing.assert_allclose(read.bounds, [[0, 0, 0], [2 * size] * 3], atol=1e-6 * size)
    write_3mf(mesh, tmp_path / "a.3mf")
    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(tmp_path / "a.3mf"))
    assert reader.GetWarningCount() == 0 and model.GetUnit() == lib3mf.ModelUnit.MilliMeter
    objects = model.GetMeshObjects()
    assert objects.MoveNext()
    found = objects.GetCurrentMeshObject()
    assert found.IsValid() and found.IsManifoldAndOriented()
    vertices = np.array([list(vertex.Coordinates) for vertex in found.GetVertices()])
    triangles = np.array([list(triangle.Indices) for triangle in found.GetTriangleIndices()])
    assert Mesh(vertices, triangles).volume == pytest.approx(volume, rel=5e-3)


def test_3mf(tmp_path: Path) -> None:
    mesh = surface(TRUSS, 20)
    write_3mf(mesh, tmp_path / "a.3mf")
    with zipfile.ZipFile(tmp_path / "a.3mf") as file:
        assert file.testzip() is None
        relations = ElementTree.fromstring(file.read("_rels/.rels"))
        model = ElementTree.fromstring(file.read(relations[0].attrib["Target"].lstrip("/")))
        assert file.namelist()[0] == "[Content_Types].xml"
    assert model.attrib["unit"] == "millimeter"
    vertices = [[float(v.attrib[axis]) for axis in "xyz"] for v in model.iterfind(".//{*}vertex")]
    triangles = [[int(t.attrib[corner]) for corner in ("v1", "v2", "v3")] for t in model.iterfind(".//{*}triangle")]
    np.testing.assert_allclose(vertices, mesh.vertices, rtol=1e-6)
    np.testing.assert_array_equal(triangles, mesh.triangles)
    assert abs(volume_error(Mesh(np.array(vertices, np.float32), np.array(triangles, np.int32)), TRUSS, 20)) < 5e-3
