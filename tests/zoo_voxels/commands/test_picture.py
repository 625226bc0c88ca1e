"""`zoo picture`, as a user meets it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    structures = np.zeros((3, 8, 8, 8), np.uint8)
    structures[:, 2:6] = 1
    np.savez(tmp_path / "cells.npz", structures=structures)
    return tmp_path / "cells.npz"


def zoo(*arguments: object) -> None:
    done = CliRunner().invoke(app, ["picture", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_a_gallery_and_one_that_turns(cells: Path) -> None:
    out = cells.parent / "out.png"
    zoo(cells, "-o", out, "--pixels", 32)
    assert Image.open(out).size == (96, 32)
    zoo(cells, "-o", out, "--pixels", 32, "--turn", "--tile", 2)
    picture = Image.open(out)
    assert picture.size == (32, 32) and picture.n_frames > 10


def test_mistakes_are_told_at_once(cells: Path) -> None:
    out = cells.parent / "out.png"
    with pytest.raises(ZooError, match=r"(?s)holds 3 cells.*--turn shows one"):
        zoo(cells, "-o", out, "--turn", "--cell", 7, "--cell", 8)
    with pytest.raises(ZooError, match="are .png files"):
        zoo(cells, "-o", out.with_suffix(".gif"))
    assert not out.exists()
