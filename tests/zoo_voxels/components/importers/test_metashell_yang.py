"""MetaShell as Yang et al. publish it."""

from pathlib import Path

import numpy as np
import pytest

from zoo import ZooError
from zoo_voxels.components.importers.metashell_yang import YangShells, mirrored

VOXELS = [(0, 0, 0), (5, 0, 0), (0, 7, 0), (0, 0, 9), (63, 62, 61)]


def write(folder: Path, octant: np.ndarray, stiffness: np.ndarray | None = None) -> Path:
    """One sample, bit by bit: x fastest, the lowest bit first."""
    data = bytearray(64**3 // 8)
    for x, y, z in np.argwhere(octant):
        place = int(x + 64 * y + 64 * 64 * z)
        data[place // 8] |= 1 << (place % 8)
    (folder / "12binary_voxel").write_bytes(data)
    (folder / "12binary_C").write_bytes((np.eye(6) if stiffness is None else stiffness).astype("<f4").tobytes())
    (folder / "12vol").write_bytes(np.array(octant.mean(), "<f4").tobytes())
    return folder / "12binary_voxel"


def read(path: Path, resolution: int = 128) -> tuple[np.ndarray, dict]:
    importer = YangShells(resolution=resolution)
    [entry] = map(importer.convert, importer.entries(path))
    return entry.structure, dict(entry.properties)


def test_bits_known_by_heart(tmp_path: Path) -> None:
    octant = np.zeros((64, 64, 64), bool)
    octant[tuple(np.transpose(VOXELS))] = True
    cell, _ = read(write(tmp_path, octant))
    images = {
        tuple(127 - c if far else c for c, far in zip(voxel, corner, strict=True))
        for voxel in VOXELS
        for corner in np.ndindex(2, 2, 2)
    }
    assert {tuple(voxel) for voxel in np.argwhere(cell).tolist()} == images


def test_every_mirror_image_is_there(tmp_path: Path) -> None:
    octant = np.random.default_rng(0).random((64, 64, 64)) < 0.3
    cell = mirrored(octant)
    for axis in range(3):
        np.testing.assert_array_equal(cell, np.flip(cell, axis))


def test_it_comes_down_to_the_benchmarks_grid(tmp_path: Path) -> None:
    """A wall of known place and thickness keeps both, to the voxel."""
    octant = np.zeros((64, 64, 64), bool)
    octant[:16] = True  # x < 1/8 and, mirrored, x > 7/8
    octant[:, 48:] = True  # 3/8 < y < 5/8
    cell, properties = read(write(tmp_path, octant), 48)
    centres = (np.arange(48) + 0.5) / 48
    wall = (centres < 1 / 8) | (centres > 7 / 8)
    slab = abs(centres - 1 / 2) < 1 / 8
    np.testing.assert_array_equal(cell, np.broadcast_to(wall[:, None, None] | slab[None, :, None], cell.shape))
    assert properties["volume_fraction_128"] == pytest.approx(1 / 4 + 1 / 4 - 1 / 16)
    assert properties["volume_fraction"] == pytest.approx(1 / 4 + 1 / 4 - 1 / 16)


def test_stiffness_is_kept_as_it_is(tmp_path: Path) -> None:
    stiffness = np.arange(36).reshape(6, 6)
    octant = np.zeros((64, 64, 64), bool)
    octant[:9] = True
    _, properties = read(write(tmp_path, octant, stiffness), 24)
    np.testing.assert_array_equal(properties["stiffness"], stiffness)


@pytest.mark.parametrize(
    ("name", "size", "words"),
    [
        ("12binary_voxel", 32_767, "12binary_voxel has 32,767 bytes, expected 32,768."),
        ("12binary_C", 72, "12binary_C has 72 bytes, expected 144."),
        ("12vol", 8, "12vol has 8 bytes, expected 4."),
        ("12vol", None, "cannot read 12vol: No such file"),
    ],
)
def test_files_of_another_size(tmp_path: Path, name: str, size: int | None, words: str) -> None:
    path = write(tmp_path, np.ones((64, 64, 64), bool))
    (tmp_path / name).unlink()
    if size is not None:
        (tmp_path / name).write_bytes(bytes(size))
    with pytest.raises(ZooError, match=words):
        read(path)


def test_stiffness_that_is_no_number(tmp_path: Path) -> None:
    stiffness = np.eye(6)
    stiffness[2, 3] = np.nan
    path = write(tmp_path, np.ones((64, 64, 64), bool), stiffness)
    with pytest.raises(ZooError, match="12binary_C holds NaN or infinities."):
        read(path)
