"""Stacks of cells in `.npy` and `.npz` files, MetaTruss as published among them."""

import io
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import Entry, ZooError, read_structures
from zoo_voxels.components.importers.metatruss_published import PublishedMetaTruss
from zoo_voxels.components.importers.voxel_arrays import VoxelArrays
from zoo_voxels.formats import npy

Cells = arrays(
    np.uint8, st.tuples(st.integers(1, 3), *[st.shared(st.integers(2, 5), key="d")] * 3), elements=st.integers(0, 1)
)


def converted(importer: VoxelArrays | PublishedMetaTruss, path: Path) -> list[Entry]:
    return [importer.convert(entry) for entry in importer.entries(path)]


def neither_empty_nor_full(cells: np.ndarray) -> np.ndarray:
    cells = cells.copy()
    cells[:, 0, 0, 0], cells[:, -1, -1, -1] = 1, 0
    return cells


@settings(max_examples=40)
@given(
    Cells, st.sampled_from([np.uint8, bool, np.int64, np.float32, ">f8"]), st.booleans(), st.sampled_from(["C", "F"])
)
def test_what_numpy_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, cells: np.ndarray, dtype: type, packed: bool, order: str
) -> None:
    cells = neither_empty_nor_full(cells)
    path = tmp_path_factory.mktemp("arrays") / ("cells.npz" if packed else "cells.npy")
    array = np.asarray(cells.astype(dtype), order=order)
    if packed:
        np.savez_compressed(path, structures=array, other=np.arange(3))
    else:
        np.save(path, array)
    importer = VoxelArrays()
    assert importer.recognises(path)
    assert importer.domain(path) == {"use": "voxels", "resolution": cells.shape[1]}
    found = converted(importer, path)
    np.testing.assert_array_equal([entry.structure for entry in found], cells)
    np.testing.assert_allclose([entry.properties["volume_fraction"] for entry in found], cells.mean((1, 2, 3)))


@settings(max_examples=20)
@given(Cells)
def test_bits_as_metatruss_has_them(tmp_path_factory: pytest.TempPathFactory, cells: np.ndarray) -> None:
    cells = neither_empty_nor_full(cells)
    path = tmp_path_factory.mktemp("packed") / "cells.npz"
    np.savez(path, packed=np.packbits(cells.reshape(len(cells), -1), axis=1), shape=np.array(cells.shape[1:]))
    importer = PublishedMetaTruss()
    assert importer.recognises(path)
    assert not VoxelArrays.recognises(path)
    np.testing.assert_array_equal([entry.structure for entry in converted(importer, path)], cells)
    assert importer.domain(path)["resolution"] == cells.shape[1]
    np.testing.assert_array_equal(read_structures(path, {"use": "voxels"}).structures, cells)


def test_bits_known_by_heart(tmp_path: Path) -> None:
    """The first voxel along z after (0, 0, 0) is the second highest bit of the first byte; the fourth slab of 4 x 4
    begins with byte 6."""
    packed = np.zeros((1, 8), np.uint8)
    packed[0, 0], packed[0, 6] = 0b01000000, 0b10000000
    np.savez(tmp_path / "cells.npz", packed=packed, shape=np.array([4, 4, 4]))
    [entry] = converted(PublishedMetaTruss(), tmp_path / "cells.npz")
    assert np.argwhere(entry.structure).tolist() == [[0, 0, 1], [3, 0, 0]]


def test_grey_values_need_a_threshold(tmp_path: Path) -> None:
    grey = np.stack([np.linspace(0, 250, 27), np.linspace(30, 50, 27)]).reshape(2, 3, 3, 3).astype(np.uint8)
    np.save(tmp_path / "grey.npy", grey)
    with pytest.raises(
        ZooError, match=r"grey values from 0 to 250: tell the importer what is solid, by --set threshold=VALUE"
    ):
        converted(VoxelArrays(), tmp_path / "grey.npy")
    with pytest.raises(ZooError, match="threshold nan is not a finite number"):
        VoxelArrays(threshold=float("nan"))
    found = converted(VoxelArrays(threshold=40), tmp_path / "grey.npy")[0]
    np.testing.assert_array_equal(found.structure, grey[0] > 40)


def test_a_single_cell(tmp_path: Path) -> None:
    cell = np.arange(27).reshape(3, 3, 3) % 2
    np.save(tmp_path / "cell.npy", cell)
    np.testing.assert_array_equal(converted(VoxelArrays(), tmp_path / "cell.npy")[0].structure, cell)


def test_half_as_many_voxels(tmp_path: Path) -> None:
    """Blocks that fill voxels of the coarser grid are found there again."""
    coarse = np.zeros((12, 12, 12), np.uint8)
    coarse[3:9, 2:10, 4:8] = 1
    np.save(tmp_path / "cell.npy", np.kron(coarse, np.ones((2, 2, 2), np.uint8)))
    [entry] = converted(VoxelArrays(resolution=12), tmp_path / "cell.npy")
    np.testing.assert_array_equal(entry.structure, coarse)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((2, 3, 3, 4)), "its shape is 3x3x4; a cell is a cube."),
        (np.zeros((2, 3, 3)), "its shape is 2x3x3; a cell is a cube."),
        (np.zeros((2, 3)), "its array has 2 axes, expected n, x, y, z."),
        (np.array(1), "its array has 0 axes, expected n, x, y, z."),
        (np.full((1, 2, 2, 2), np.nan), "it holds NaN or infinities."),
        (np.full((1, 2, 2, 2), "x"), "it holds <U1, expected numbers."),
        (np.full((1, 2, 2, 2), 1j), "it holds complex128, expected numbers."),
    ],
)
def test_what_is_no_cell(tmp_path: Path, array: np.ndarray, words: str) -> None:
    np.save(tmp_path / "bad.npy", array)
    with pytest.raises(ZooError, match=re.escape(words)):
        converted(VoxelArrays(), tmp_path / "bad.npy")


def test_objects_are_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "bad.npy", np.array([{}, {}], dtype=object), allow_pickle=True)
    with pytest.raises(ZooError, match="it holds Python objects, which are not read."):
        converted(VoxelArrays(), tmp_path / "bad.npy")


@pytest.mark.parametrize("name", ["cells.npz", "cells.npy"])
@settings(max_examples=30)
@given(data=st.data())
def test_a_file_that_is_not_whole(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    """However much of it is there, it is one ZooError."""
    whole = io.BytesIO()
    cells = np.arange(54).reshape(2, 3, 3, 3) % 2
    if name == "cells.npz":
        np.savez_compressed(whole, structures=cells)
    else:
        np.save(whole, cells)
    length = data.draw(st.integers(0, len(whole.getvalue()) - 1))
    path = tmp_path_factory.mktemp("part") / name
    path.write_bytes(whole.getvalue()[:length])
    VoxelArrays.recognises(path)
    with pytest.raises(ZooError):
        converted(VoxelArrays(), path)


def test_an_archive_of_several_arrays(tmp_path: Path) -> None:
    np.savez(tmp_path / "cells.npz", one=np.zeros(1), two=np.zeros(1))
    with pytest.raises(ZooError, match="it holds one, two; expected one array, or one called 'structures'."):
        converted(VoxelArrays(), tmp_path / "cells.npz")


@pytest.mark.parametrize(
    ("packed", "shape", "words"),
    [
        (np.zeros((1, 8), np.uint8), [4, 4, 2], "its cells have the shape [4, 4, 2]; a cell is a cube."),
        (np.zeros((1, 7), np.uint8), [4, 4, 4], "'packed' is uint8 (1, 7), expected uint8 (n, 8)."),
        (np.zeros((1, 8), np.int16), [4, 4, 4], "'packed' is int16 (1, 8), expected uint8 (n, 8)."),
        (np.zeros((1, 8), np.uint8), [4.0, 4.0, 4.0], "a cell is a cube."),
    ],
)
def test_bits_that_are_not_as_they_should_be(tmp_path: Path, packed: np.ndarray, shape: list, words: str) -> None:
    np.savez(tmp_path / "bad.npz", packed=packed, shape=np.array(shape))
    with pytest.raises(ZooError, match=re.escape(words)):
        PublishedMetaTruss().domain(tmp_path / "bad.npz")


def test_bits_without_a_shape(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", packed=np.zeros((1, 8), np.uint8))
    with pytest.raises(ZooError, match="it lacks shape."):
        converted(PublishedMetaTruss(), tmp_path / "bad.npz")


@pytest.mark.parametrize("name", ["cells.npy", "cells.npz"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_file_is_not_in_memory_as_a_whole(
    tmp_path: Path, name: str, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen megabytes of cells, of which one or two are there at a time."""
    monkeypatch.setattr(npy, "_BLOCK", 2**20)
    cells = np.asarray(np.random.default_rng(0).random((64, 32, 32, 32)) < 0.5, order=order).astype(np.float64)
    save = np.save if name.endswith("npy") else np.savez
    save(tmp_path / name, cells)
    tracemalloc.start()
    for row, entry in zip(cells, VoxelArrays().entries(tmp_path / name), strict=True):
        assert (row == entry).all()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 2**20
