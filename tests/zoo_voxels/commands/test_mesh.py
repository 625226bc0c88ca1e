"""`zoo mesh`, as a user meets it."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    structures = np.zeros((3, 8, 8, 8), np.uint8)
    structures[:, 2:6] = 1
    structures[1, 3:5, 3:5, 3:5] = 0
    structures[2] = 0
    np.savez(tmp_path / "cells.npz", structures=structures)
    return tmp_path / "cells.npz"


def zoo(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["mesh", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("form", ["3mf", "stl", "vti", "inp"])
def test_a_file_for_each_cell(cells: Path, form: str) -> None:
    out = cells.parent / "out"
    said = zoo(cells, "-o", out, "--cell", 0, "--cell", 1, "--format", form, "--size", 4)
    assert sorted(path.name for path in out.iterdir()) == [f"cell-0000.{form}", f"cell-0001.{form}"]
    assert "cell 1: powder or resin cannot leave 1 cubic" in said and "cell 0:" not in said


def test_thin_walls_are_told(cells: Path) -> None:
    plate = np.zeros((8, 8, 8), np.uint8)
    plate[3:5] = 1
    np.save(cells.parent / "plate.npy", plate)
    said = zoo(cells.parent / "plate.npy", "-o", cells.parent / "out", "--size", 8, "--thinnest", 3)
    assert "cell 0: 100 % of its solid" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{cells}"], "cell 2 is empty"),
        (["{cells}", "--cell", "7", "--cell", "-9"], "holds 3 cells"),
        (["{cells}", "--cell", "0", "--size", "-1"], "--size"),
        (["{cells}", "--cell", "0", "--size", "inf"], "--size"),
        (["{cells}", "--cell", "0", "--thinnest", "11"], "half of a cell's edge"),
        (["{cells}", "--cell", "0", "--thinnest", "nan"], "--thinnest"),
        (["{cells}", "--cell", "0", "--format", "vti", "--smooth"], "--smooth"),
        (["{cells}", "--cell", "0", "--format", "gif"], "unknown format 'gif'"),
        (["{folder}/none.npz"], "no such file"),
        (["{folder}/grey.npy"], "grey values"),
        (["{folder}/flat.npy"], "its cells are 4x3x2; a cell is a cube"),
        (["{folder}/text.npz"], "not a complete .npy or .npz file"),
        (["{folder}/other.npz"], "no array 'structures'"),
        (["{folder}/empty"], "it is not the folder of a run"),
    ],
)
def test_mistakes_are_told_and_nothing_is_written(cells: Path, arguments: list[str], message: str) -> None:
    folder = cells.parent
    np.save(folder / "grey.npy", np.full((1, 4, 4, 4), 0.3))
    np.save(folder / "flat.npy", np.zeros((4, 3, 2)))
    np.savez(folder / "other.npz", things=np.zeros(3))
    (folder / "text.npz").write_text("no zip")
    (folder / "empty").mkdir()
    words = [word.format(cells=cells, folder=folder) for word in arguments]
    with pytest.raises(ZooError, match=message):
        zoo(*words, "-o", folder / "out")
    assert not (folder / "out").exists() or not list((folder / "out").iterdir())


def test_a_file_instead_of_a_folder(cells: Path) -> None:
    with pytest.raises(ZooError, match="a folder is meant, for a file of each cell; --format stl says"):
        zoo(cells, "-o", cells.parent / "part.stl", "--cell", 0)
    assert not (cells.parent / "part.stl").exists()


def test_grey_values_with_a_threshold(cells: Path) -> None:
    np.save(cells.parent / "grey.npy", np.linspace(0, 1, 64).reshape(4, 4, 4))
    zoo(cells.parent / "grey.npy", "-o", cells.parent / "out", "--threshold", 0.5)
    assert (cells.parent / "out" / "cell-0000.3mf").exists()
