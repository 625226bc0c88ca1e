"""Cells within closed surfaces."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from skimage.measure import marching_cubes

from zoo import ZooError
from zoo_voxels.components.importers.voxel_surfaces import StlCells, inside
from zoo_voxels.formats.stl_file import read_stl

AXIS = np.linspace(-1, 1, 81)
X, Y, Z = np.meshgrid(AXIS, AXIS, AXIS, indexing="ij")


def surface(level: np.ndarray) -> np.ndarray:
    """Triangles `[n, 3, 3]` around where `level` on the grid is positive, by another library."""
    corners, faces, _, _ = marching_cubes(np.pad(level, 1, constant_values=-1), 0)
    return ((corners - 1) * (AXIS[1] - AXIS[0]) - 1)[faces].astype(np.float64)


def volume(triangles: np.ndarray) -> float:
    """What a closed surface encloses, by Gauss's theorem."""
    return abs(float(np.linalg.det(triangles).sum() / 6))


def write_binary(path: Path, triangles: np.ndarray, count: int | None = None) -> Path:
    records = b"".join(struct.pack("<12fH", 0, 0, 0, *triangle.ravel(), 0) for triangle in triangles)
    path.write_bytes(b"made by hand".ljust(80) + struct.pack("<I", count or len(triangles)) + records)
    return path


def box(low: tuple[float, ...], high: tuple[float, ...]) -> np.ndarray:
    """Twelve triangles."""
    corner = np.array(list(np.ndindex(2, 2, 2)), float) * (np.array(high) - low) + low
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return np.array([[corner[a], corner[b], corner[c]] for a, b, c, d in faces for b, c in ((b, c), (c, d))])


def outwards(triangles: np.ndarray) -> np.ndarray:
    """Those of a convex body, each turned so that its normal points away from the middle."""
    normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    wrong = ((triangles.mean(1) - triangles.mean((0, 1))) * normals).sum(1) < 0
    return np.where(wrong[:, None, None], triangles[:, ::-1], triangles)


def read(
    path: Path, resolution: int, cell: float | None = None, corner: tuple[float, float, float] | None = None
) -> np.ndarray:
    importer = StlCells(resolution, cell, corner)
    [entry] = map(importer.convert, importer.entries(path))
    return entry.structure


def test_the_volume_of_a_sphere(tmp_path: Path) -> None:
    ball = surface(0.8 - np.sqrt(X**2 + Y**2 + Z**2))
    cell = read(write_binary(tmp_path / "ball.stl", 25 * ball), 64, cell=50)
    assert cell.mean() * 8 == pytest.approx(4 / 3 * np.pi * 0.8**3, rel=0.01)
    assert cell.mean() * 8 == pytest.approx(volume(ball), rel=0.005)
    centres = (np.arange(64) + 0.5) / 32 - 1
    radius = np.sqrt(sum(np.square(c) for c in np.meshgrid(centres, centres, centres)))
    assert cell[radius < 0.795].all()
    assert not cell[radius > 0.805].any()


def torus(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return 0.2 - np.hypot(np.hypot(x, y) - 0.6, z)


def gyroid(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    x, y, z = np.pi * x, np.pi * y, np.pi * z
    return 0.5 - np.abs(np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x))


@pytest.mark.parametrize("level", [torus, gyroid])
def test_hollows_and_holes(level: Callable[..., np.ndarray]) -> None:
    """Inside and outside are where the formula says, but for the little by which triangles miss a curved surface."""
    solid = inside((surface(level(X, Y, Z)) + 1) / 2, 60)
    centres = (np.arange(60) + 0.5) / 30 - 1
    expected = level(*np.meshgrid(centres, centres, centres, indexing="ij"))
    assert ((expected > 0) == solid)[np.abs(expected) > 0.01].all()
    assert (np.abs(expected) > 0.01).mean() > 0.95


def test_a_box_along_the_voxels(tmp_path: Path) -> None:
    """Faces and edges between voxels, where rays could hit edges."""
    path = write_binary(tmp_path / "box.stl", np.concatenate([box((0, 0, 0), (8, 8, 2)), box((2, 4, 4), (6, 8, 8))]))
    expected = np.zeros((8, 8, 8), np.uint8)
    expected[:, :, :2] = 1
    expected[2:6, 4:, 4:] = 1
    np.testing.assert_array_equal(read(path, 8), expected)


def test_bodies_that_overlap_are_one_solid(tmp_path: Path) -> None:
    """As where programs draw each strut as a body of its own: three bars that cross in the middle."""
    bars = []
    expected = np.zeros((8, 8, 8), np.uint8)
    for axis in range(3):
        low, high = np.full(3, 3.0), np.full(3, 5.0)
        low[axis], high[axis] = 0, 8
        bars.append(outwards(box(tuple(low), tuple(high))))
        expected[tuple(slice(None) if k == axis else slice(3, 5) for k in range(3))] = 1
    np.testing.assert_array_equal(read(write_binary(tmp_path / "bars.stl", np.concatenate(bars)), 8), expected)


@pytest.mark.parametrize("turned", [True, False])
def test_a_body_with_a_hollow(tmp_path: Path, turned: bool) -> None:
    """The inner surface faces inwards, as it should, or whatever way it happens to."""
    outer, inner = outwards(box((0, 0, 0), (8, 8, 8))), outwards(box((2, 2, 2), (6, 6, 6)))
    if turned:
        surface = np.concatenate([outer, inner[:, ::-1]])
    else:
        surface = np.concatenate([outer, inner])
        surface[::3] = surface[::3, ::-1]
    expected = np.ones((8, 8, 8), np.uint8)
    expected[2:6, 2:6, 2:6] = 0
    np.testing.assert_array_equal(read(write_binary(tmp_path / "hollow.stl", surface), 8), expected)


def test_a_cell_at_a_corner(tmp_path: Path) -> None:
    """In inches or far from the origin, with parts that stick out of the cell."""
    path = write_binary(tmp_path / "box.stl", 25.4 * box((99, 10, -3), (102, 12, 0.5)))
    expected = np.zeros((8, 8, 8), np.uint8)
    expected[:4, 4:, :1] = 1
    found = read(path, 8, cell=4 * 25.4, corner=(100 * 25.4, 8 * 25.4, 0.0))
    np.testing.assert_array_equal(found, expected)


def test_bodies_that_are_turned(tmp_path: Path) -> None:
    """Two slabs through each other, askew, against the slabs in their own coordinates."""
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    far = np.array([31.4, -7, 0.2])
    slabs = [((-1, -0.3, -0.8), (1, 0.3, 0.8)), ((-0.4, -1, -0.2), (0.4, 1, 0.6))]
    surface = np.concatenate([outwards(box(*slab) @ turn + far) for slab in slabs])
    corner = far - 1.5
    cell = read(write_binary(tmp_path / "slabs.stl", surface), 20, cell=3, corner=tuple(corner))
    own = (np.stack(np.meshgrid(*[(np.arange(20) + 0.5) * 0.15] * 3, indexing="ij"), -1) + corner - far) @ turn.T
    depth = [np.minimum(own - low, high - own).min(-1) for low, high in map(np.array, slabs)]
    clear = np.abs(depth).min(0) > 1e-4
    assert ((np.max(depth, axis=0) > 0) == cell.astype(bool))[clear].all()
    assert clear.mean() > 0.99


def test_text_and_bytes_are_the_same(tmp_path: Path, files: Path) -> None:
    triangles = read_stl(files / "tetrahedron.stl")
    assert triangles.shape == (4, 3, 3)
    assert volume(triangles) == pytest.approx(1 / 6)
    again = read_stl(write_binary(tmp_path / "tetrahedron.stl", triangles))
    np.testing.assert_array_equal(again, triangles)
    assert read(files / "tetrahedron.stl", 32).mean() == pytest.approx(1 / 6, rel=0.03)


def test_a_cell_larger_than_the_solid(tmp_path: Path) -> None:
    path = write_binary(tmp_path / "box.stl", box((10, 10, 10), (12, 12, 12)))
    expected = np.zeros((8, 8, 8), np.uint8)
    expected[2:6, 2:6, 2:6] = 1
    np.testing.assert_array_equal(read(path, 8, cell=4), expected)


@pytest.mark.parametrize("missing", range(12))
def test_an_open_surface_is_no_solid(tmp_path: Path, missing: int) -> None:
    path = write_binary(tmp_path / "open.stl", np.delete(box((0, 0, 0), (1, 1, 1)), missing, 0))
    with pytest.raises(ZooError, match="its surface is not closed"):
        read(path, 16, cell=1.5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is not an STL file."),
        (b"x" * 84, "it has 84 bytes, and 2,021,161,080 triangles need"),
        (bytes(84), "it has no triangles."),
        (b"solid a\n facet normal 0 0 1\n vertex 0 0 0\n", "1 facets and 1 vertices, or is not whole"),
        (b"solid a\n facet normal 0 0 1\n" + 3 * b" vertex 0 0 x\n" + b"endsolid", "corners that are not numbers"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, data: bytes, words: str) -> None:
    (path := tmp_path / "bad.stl").write_bytes(data)
    with pytest.raises(ZooError, match=re.escape(words)):
        read(path, 8)


def test_a_file_cut_short(tmp_path: Path) -> None:
    path = write_binary(tmp_path / "short.stl", box((0, 0, 0), (1, 1, 1)), count=13)
    with pytest.raises(ZooError, match="it has 684 bytes, and 13 triangles need 734."):
        read(path, 8)


def test_corners_that_are_no_numbers(tmp_path: Path) -> None:
    triangles = box((0, 0, 0), (1, 1, 1))
    triangles[3, 1, 1] = np.nan
    with pytest.raises(ZooError, match="it has corners that are not numbers."):
        read(write_binary(tmp_path / "nan.stl", triangles), 8)
    with pytest.raises(ZooError, match="its triangles all lie in one point."):
        read(write_binary(tmp_path / "point.stl", np.ones((4, 3, 3))), 8)


def test_a_cell_without_a_size() -> None:
    with pytest.raises(ZooError, match="stl: cell 0 is not a length"):
        StlCells(cell=0.0)
