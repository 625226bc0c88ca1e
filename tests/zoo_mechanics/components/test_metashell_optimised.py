"""Designed cells as data."""

import cc3d
import numpy as np
import pytest
import torch

from zoo import ZooError
from zoo_mechanics.components.metashell_optimised import MetaShellOptimised
from zoo_mechanics.homogenisation.pieces import analyse
from zoo_mechanics.homogenisation.solve import homogenise


def test_cells_are_cubic_bear_load_and_know_their_stiffness() -> None:
    chunk = MetaShellOptimised(resolution=8, count=5, iterations=12, seed=1).make(range(5))
    for cell, stiffness in zip(chunk.structures, chunk.properties["stiffness"], strict=True):
        assert np.array_equal(cell, cell.transpose(1, 2, 0)) and np.array_equal(cell, cell[::-1])
        assert analyse(cell).floating == 0
        assert np.linalg.eigvalsh(stiffness)[0] > 1e-6
        found = homogenise(torch.from_numpy(cell)[None].double()).stiffness[0].numpy()
        assert stiffness == pytest.approx(found, rel=2e-3, abs=1e-4)
    assert chunk.properties["hinged"].tolist() == [analyse(cell).hinged for cell in chunk.structures]
    fractions = chunk.properties["volume_fraction"]
    assert fractions == pytest.approx(chunk.structures.mean((1, 2, 3)))
    assert len(set(fractions.tolist())) == 5 and set(chunk.properties["goal"].tolist()) <= {0, 1, 2}


def test_auxetic_cells_do_not_hang_by_hinges() -> None:
    """Of the solid of these two, two thirds hung by edges of voxels before their designs were robust."""
    for seed, item in ((0, 39), (1, 27)):
        chunk = MetaShellOptimised(resolution=8, count=40, iterations=12, seed=seed).make(range(item, item + 1))
        assert chunk.properties["goal"].tolist() == [2] and chunk.properties["hinged"].tolist() == [0]
        parts = cc3d.connected_components(chunk.structures[0], connectivity=6, periodic_boundary=True)
        assert parts.max() == 1, "one piece that hangs together by faces"


def test_arguments_are_checked_all_at_once() -> None:
    with pytest.raises(ZooError) as error:
        MetaShellOptimised(resolution=4, count=0, iterations=2, seed=-1)
    assert len(error.value.problems) == 4
