"""What looks the same in several orientations is counted once."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo.data.importing import import_data
from zoo.data.opening import Data, open_data
from zoo.recipes import resolve_dataset


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Data:
    """Cells of all symmetries: cubes in the middle, plates across one axis, bars of two kinds, random ones."""
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    cells = np.zeros((20, 4, 4, 4), np.uint8)
    cells[:5, 1:3, 1:3, 1:3] = 1
    cells[5:10, :, :, 1:3] = 1
    cells[10:15, :2, :2, :] = 1
    cells[15:] = np.random.default_rng(0).random((5, 4, 4, 4)) < 0.5
    np.save(tmp_path / "cells.npy", cells)
    import_data("own", [tmp_path / "cells.npy"], quiet=True)
    return open_data(resolve_dataset("own").block, quiet=True)


def test_training_has_each_different_orientation_of_each_cell_once(mixed: Data) -> None:
    train = mixed.train
    cells = train.array()
    starts = [*train.originals, len(train)]
    for first, after in itertools.pairwise(starts):
        original = torch.from_numpy(cells[first : first + 1])
        every = [mixed.domain.orient(original, torch.tensor([number])).numpy() for number in range(6)]
        expected = {cell.tobytes() for cell in every}
        assert [cell.tobytes() for cell in cells[first:after]] == list(dict.fromkeys(cell.tobytes() for cell in every))
        assert len(expected) == after - first
    sizes = np.diff(starts)
    assert set(sizes) == {1, 3, 6}


def test_bits_batches_and_properties_agree(mixed: Data) -> None:
    train = mixed.train
    bits = np.unpackbits(train.packed(), axis=1)[:, :64].reshape(-1, 4, 4, 4)
    assert (bits == train.array()).all()
    batch = train.batch(np.arange(len(train)), torch.device("cpu"))
    assert (batch["structure"].numpy() == train.array()).all()
    assert mixed.held_out.originals.tolist() == list(range(len(mixed.held_out)))
