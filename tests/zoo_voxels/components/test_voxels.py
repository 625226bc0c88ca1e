"""The voxel domain: binarisation, orientations, files, pictures."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from zoo import ZooError, read_structures
from zoo_voxels.components.voxels import Voxels
from zoo_voxels.likeness.rotations import ROTATIONS, rotate

soft_cells = arrays(np.float32, (2, 3, 3, 3), elements=st.floats(-4, 4, width=32))


@given(soft_cells)
def test_cells_are_binarised_at_half_of_their_own_range(soft: np.ndarray) -> None:
    hard = Voxels(3).harden(torch.from_numpy(soft)).numpy()
    for cell, result in zip(soft, hard, strict=True):
        low, high = float(cell.min()), float(cell.max())
        if low == high:
            assert (result == (low > 0.5)).all()
        else:
            scaled = (cell.astype(float) - low) / (high - low)
            clear = abs(scaled - 0.5) > 1e-6
            np.testing.assert_array_equal(result[clear], (scaled > 0.5)[clear])


def test_hard_cells_stay_what_they_are_full_and_empty_ones_too() -> None:
    cells = torch.stack([torch.ones(3, 3, 3), torch.zeros(3, 3, 3), torch.eye(3).expand(3, 3, 3)])
    assert torch.equal(Voxels(3).harden(cells), cells)
    assert Voxels(3).harden(torch.full((1, 3, 3, 3), 0.4)).sum() == 0


def test_each_cell_gets_its_own_orientation() -> None:
    cells = torch.rand(12, 4, 4, 4)
    orientation = torch.tensor([5, 0, 3, 3, 1, 2, 4, 0, 5, 1, 2, 4])
    oriented = Voxels(4).orient(cells, orientation)
    for b, rotation in enumerate(orientation.tolist()):
        assert torch.equal(oriented[b], rotate(cells[b : b + 1], rotation)[0])
    assert Voxels.orientations == len(ROTATIONS) == 6


def test_what_is_written_is_read(tmp_path: Path) -> None:
    cells = (np.random.default_rng(0).random((3, 4, 4, 4)) < 0.5).astype(np.uint8)
    Voxels(4).write(cells, tmp_path / "cells.npz")
    np.testing.assert_array_equal(
        read_structures(tmp_path / "cells.npz", {"use": "voxels", "resolution": 4}).structures, cells
    )


def test_the_gallery_shows_at_most_24_cells() -> None:
    cells = np.zeros((30, 8, 8, 8), np.uint8)
    cells[:, 2:6, 2:6, 2:6] = 1
    (figure,) = Voxels(8).figures(cells)
    picture = Image.open(io.BytesIO(figure.data))
    assert figure.media_type == f"image/{picture.format.lower()}"
    assert picture.size[0] == 6 * picture.size[1] / 4
    assert "24 cells" in figure.caption


def test_a_resolution_without_room_is_refused() -> None:
    with pytest.raises(ZooError, match="resolution 1"):
        Voxels(1)


def test_cells_all_void_or_all_solid_teach_nothing() -> None:
    cells = np.zeros((3, 4, 4, 4), np.uint8)
    cells[1, 0, 0, 0] = 1
    cells[2] = 1
    assert [Voxels(4).unfit(cell) for cell in cells] == ["it is empty.", "", "it is full."]
