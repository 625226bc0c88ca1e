"""`zoo optimise` as a user meets it."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_mechanics.densities import read_densities
from zoo_mechanics.inverse.record import Record

SMALL = ["--volume", "0.3", "--resolution", "8", "--iterations", "12", "--radius", "1.5"]


def zoo(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["optimise", *map(str, arguments)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_design_is_a_cell_that_other_commands_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "bulk modulus" in zoo("--maximise", "bulk", *SMALL)
    folder = tmp_path / "optimised/bulk-0.3-8"
    cells = read_densities(folder / "cell.npz").structures
    assert cells.shape == (1, 8, 8, 8) and set(np.unique(cells).tolist()) == {0, 1}
    assert (folder / "path.png").read_bytes().startswith(b"\x89PNG")
    result = json.loads((folder / "result.json").read_text())
    assert len(result["history"]) == 12 and result["asked"]["goal"] == "bulk"
    assert result["cell"]["volume_fraction"] == pytest.approx(float(cells.mean()))
    for command in (["mechanics", "cell.npz"], ["mesh", "cell.npz", "-o", "m"], ["picture", "cell.npz", "-o", "p.png"]):
        monkeypatch.chdir(folder)
        assert CliRunner().invoke(app, command).exit_code == 0


def test_ctrl_c_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    step, taken = Record.step, []

    def stopped(record: Record) -> object:
        if len(taken) == 3:
            raise KeyboardInterrupt
        taken.append(step(record))
        return taken[-1]

    arguments = ["optimise", "--minimise", "poisson", *SMALL, "-o", str(tmp_path)]
    monkeypatch.setattr(Record, "step", stopped)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 130 and "the same command goes on" in done.stderr
    assert not (tmp_path / "cell.npz").exists()
    monkeypatch.setattr(Record, "step", step)
    assert CliRunner().invoke(app, arguments).exit_code == 0
    history = json.loads((tmp_path / "result.json").read_text())["history"]
    assert len(history) == 12 and history[:3] == [dict(one._asdict()) for one in taken]


def test_a_cell_may_be_the_start(tmp_path: Path) -> None:
    grey = np.random.default_rng(0).random((2, 8, 8, 8)).astype(np.float32)
    np.savez(tmp_path / "grey.npz", structures=grey)
    start = ["--start", tmp_path / "grey.npz", "--cell", "1", "--symmetry", "none"]
    assert "shear modulus" in zoo("--maximise", "shear", *SMALL, *start, "-o", tmp_path / "out")
    with pytest.raises(ZooError, match="--cell 2: .* holds 2 cells"):
        zoo("--maximise", "shear", *SMALL, "--start", tmp_path / "grey.npz", "--cell", "2")


def test_a_design_goes_on_with_the_same_start_only(tmp_path: Path) -> None:
    """What counts is the cell, not the name of its file."""
    cells = np.random.default_rng(0).random((2, 8, 8, 8)).astype(np.float32)
    np.savez(tmp_path / "start.npz", structures=cells)
    np.savez(tmp_path / "turned.npz", structures=cells[::-1])
    wanted = ["--maximise", "shear", *SMALL, "-o", tmp_path / "out", "--start"]
    zoo(*wanted, tmp_path / "start.npz")
    zoo(*wanted, tmp_path / "turned.npz", "--cell", "1")
    np.savez(tmp_path / "start.npz", structures=1 - cells)
    with pytest.raises(ZooError, match="holds a design with other start"):
        zoo(*wanted, tmp_path / "start.npz")


def test_what_is_thin_is_taken_away_when_asked(tmp_path: Path) -> None:
    """The second call has nothing to design any more."""
    wanted = ["--maximise", "young", "--symmetry", "none", *SMALL, "--seed", "2", "-o", tmp_path]
    zoo(*wanted)
    thin = json.loads((tmp_path / "result.json").read_text())
    zoo(*wanted, "--thick")
    thick = json.loads((tmp_path / "result.json").read_text())
    assert thin["thinner_than_two_voxels"] > 0 == thick["thinner_than_two_voxels"]
    lost = 1 - thick["cell"]["volume_fraction"] / thin["cell"]["volume_fraction"]
    assert lost == pytest.approx(thin["thinner_than_two_voxels"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "one of --maximise, --minimise and --target"),
        (["--maximise", "bulk", "--minimise", "poisson"], "not 2 of them"),
        (["--target", "C11"], "expected NAME=VALUE"),
        (["--target", "C11=0.9"], "C11 = 0.9 is out of reach"),
        (["--target", "C11=0.1", "--target", "C11=0.2"], "C11 is there twice"),
        (["--target", "C11=nan"], "finite components, not C11 = nan"),
        (["--maximise", "bulk", "--poisson", "0.5"], "0.5 must lie between"),
        (["--target", "C11=0.1", "--robust"], "a robust design has no target"),
    ],
)
def test_mistakes_are_told(arguments: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(ZooError, match=message):
        zoo(*arguments, *SMALL, "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_start_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "empty.npy", np.zeros((8, 8, 8)))
    with pytest.raises(ZooError, match="no solid in cell 0"):
        zoo("--maximise", "bulk", *SMALL, "--start", tmp_path / "empty.npy")
