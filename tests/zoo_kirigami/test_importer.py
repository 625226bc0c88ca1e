"""Angle tables of others, through the importer and through the command."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_kirigami.geometry import base_angles
from zoo_kirigami.importer import AngleTables

FILE = Path(__file__).parent / "files" / "cells.csv"
CELLS = np.loadtxt(FILE, delimiter=",").reshape(-1, 6, 6)


def converted(path, **arguments):
    importer = AngleTables(**arguments)
    return np.stack([importer.convert(entry).structure for entry in importer.entries(path)])


@pytest.mark.parametrize("suffix", [".csv", ".npy", ".npz"])
def test_each_format_gives_the_same_cells(suffix, tmp_path):
    path = tmp_path / f"cells{suffix}"
    if suffix == ".csv":
        path.write_text(FILE.read_text())
    elif suffix == ".npy":
        np.save(path, CELLS)
    else:
        np.savez(path, structures=CELLS)
    assert AngleTables.recognises(path)
    assert AngleTables().domain(path)["n"] == 6
    assert converted(path) == pytest.approx(CELLS, abs=1e-5)


@pytest.mark.parametrize(
    ("angles", "problem"),
    [
        (np.full((1, 6, 6), np.nan), "finite"),
        (base_angles(6)[None] + 61, "more than 60 degrees"),
        (np.zeros((1, 5, 5)), "square of an even number"),
        (np.zeros((1, 6, 4)), "square of an even number"),
        (np.zeros((6, 6)), "N, n, n"),
        (np.zeros((1, 6, 6), complex), "complex"),
    ],
)
def test_what_is_refused(angles, problem, tmp_path):
    np.save(tmp_path / "cells.npy", angles)
    with pytest.raises(ZooError, match=problem):
        converted(tmp_path / "cells.npy", max_rotation=60)


def test_voxel_cells_are_not_taken_for_cuts(tmp_path):
    np.save(tmp_path / "cells.npy", np.zeros((2, 8, 8, 8)))
    assert not AngleTables.recognises(tmp_path / "cells.npy")


def test_imported_cells_are_a_dataset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["data", "import", "mycuts", str(FILE)])
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    listed = CliRunner().invoke(app, ["data", "info", "mycuts"])
    assert listed.exit_code == 0 and "6" in listed.output
