"""Angle tables of others, through the importer and through the command."""

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_kirigami.components.angle_tables import AngleTables
from zoo_kirigami.cuts.geometry import base_angles

FILE = Path(__file__).parents[1] / "files" / "cells.csv"
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


def test_a_file_without_a_cell(tmp_path):
    for text in ("", "a,b\nc\n", "1,2,3\n"):
        (tmp_path / "cells.csv").write_text(text)
        with pytest.raises(ZooError, match="it holds no cell"):
            AngleTables().domain(tmp_path / "cells.csv")


def test_all_bad_lines_are_told_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    good = FILE.read_text().splitlines()[0]
    Path("cells.csv").write_text(f"angle,angle\n{good}\n1,2,x\n{good}\n1,2\n{good},nan\n")
    importing = ["data", "import", "mycuts", "cells.csv"]
    told = CliRunner().invoke(app, importing).exception.problems
    assert told[:2] == tuple(f"cells.csv: entry {n}: it does not hold numbers between commas." for n in (1, 3))
    assert [line.split()[2] for line in told[2:4]] == ["5:", "6:"]
    assert told[4] == "4 of 6 entries are bad; --skip-bad leaves them out."
    done = CliRunner().invoke(app, [*importing, "--skip-bad"])
    assert done.exit_code == 0 and "2 structures" in done.output
    told = (
        CliRunner()
        .invoke(app, ["evaluate", "cells.csv", "-d", "kirigami-60", "--set", "dataset.count=32"])
        .exception.problems
    )
    assert [line.partition(":")[2].strip()[:7] for line in told] == ["entry 1", "entry 5", "entry 6"]
    assert "It is the same with 1 other." in told[0]


@pytest.mark.parametrize("damage", [lambda whole: whole[:60], lambda whole: whole[:70] + b"\xff" * 40 + whole[110:]])
def test_damaged_archives_are_one_message(tmp_path, damage):
    np.savez_compressed(tmp_path / "cells.npz", structures=np.random.default_rng(0).normal(size=(40, 6, 6)))
    (tmp_path / "cells.npz").write_bytes(damage((tmp_path / "cells.npz").read_bytes()))
    with pytest.raises(ZooError, match="^it is not a complete .npy or .npz file of numbers.$"):
        list(AngleTables().entries(tmp_path / "cells.npz"))


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
