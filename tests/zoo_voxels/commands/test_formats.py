"""Every command for cells takes every file of cells, and knows their lattice."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from zoo import ZooError, read_structures
from zoo.cli.app import app
from zoo.data.store import SAMPLES, write_structures
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_voxels.meshing.grids import write_vti
from zoo_voxels.meshing.mesh_files import write_stl
from zoo_voxels.meshing.meshes import surface

D = 12
REFERENCE = ("-d", "metashell", "--set", f"dataset.resolution={D}", "--set", "dataset.count=40")
CROSS = np.zeros((D,) * 3, np.uint8)
"""Three beams a third of the cell wide, along x, y and z."""
CROSS[4:8, 4:8] = CROSS[4:8, :, 4:8] = CROSS[:, 4:8, 4:8] = 1
SOLID = 3 / 9 - 2 / 27
RADIUS = 0.06
"""Of the struts of a net, unless something else is said."""
STRUTS = 3 * np.pi * RADIUS**2 - 8 * np.sqrt(2) * RADIUS**3
"""What three such cylinders have in common counted once."""
HEXAGONAL = np.array([[1, 0, 0], [-1 / 2, np.sqrt(3) / 2, 0], [0, 0, 0.8]])

PCU = """CRYSTAL
  NAME cube
  GROUP P1
  CELL 1 1 {height} 90 90 {gamma}
  NODE 1 6 0.5 0.5 0.5
  EDGE 1 1.5 0.5 0.5
  EDGE 1 0.5 1.5 0.5
  EDGE 1 0.5 0.5 1.5
END
"""


def array(folder: Path) -> Path:
    np.savez_compressed(folder / "cells.npz", structures=CROSS[None])
    return folder / "cells.npz"


def store(folder: Path) -> Path:
    write_structures(folder / "cells.safetensors", CROSS[None], binary=True, properties={}, metadata={})
    return folder / "cells.safetensors"


def run(folder: Path) -> Path:
    write_structures(folder / "run" / SAMPLES, CROSS[None], binary=True, properties={}, metadata={})
    return folder / "run"


def triangles(folder: Path) -> Path:
    write_stl(surface(CROSS.astype(bool), 10.0), folder / "cross.stl")
    return folder / "cross.stl"


def image(folder: Path) -> Path:
    write_vti(CROSS.astype(bool), 10.0, folder / "cross.vti", 1)
    return folder / "cross.vti"


def net(folder: Path) -> Path:
    (folder / "nets.cgd").write_text(PCU.format(height=1, gamma=90))
    return folder / "nets.cgd"


def bits(folder: Path) -> Path:
    np.savez(folder / "bits.npz", packed=np.packbits(CROSS.reshape(1, -1), axis=1), shape=np.array(CROSS.shape))
    return folder / "bits.npz"


def zoo(*words: object) -> str:
    done = CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.usefixtures("zoo_home")
@pytest.mark.parametrize(
    ("write", "solid", "tolerance"),
    [
        (array, SOLID, 1e-6),
        (store, SOLID, 1e-6),
        (run, SOLID, 1e-6),
        (image, SOLID, 1e-6),
        (bits, SOLID, 1e-6),
        (triangles, SOLID, 0.02),  # The surface takes the edges off.
        (net, STRUTS, 0.1),
    ],
    ids=["npz", "store", "run", "vti", "packed", "stl", "net"],
)
def test_every_command_reads_every_format(
    write: Callable[[Path], Path], solid: float, tolerance: float, tmp_path: Path
) -> None:
    path = write(tmp_path)
    assert "watertight" in zoo("mesh", path, "-o", tmp_path / "meshes", "--size", 1)
    zoo("picture", path, "-o", tmp_path / "cells.png", "--pixels", 32)
    assert (tmp_path / "cells.png").read_bytes().startswith(b"\x89PNG")
    [cell] = json.loads(zoo("mechanics", path, "--json"))["cells"]
    assert cell["volume_fraction"] == pytest.approx(solid, rel=tolerance)
    assert cell["young"] == pytest.approx([cell["young"][0]] * 3, rel=1e-3) and cell["young"][0] > 0
    zoo("evaluate", path, *REFERENCE, "-e", "paper", "--json", tmp_path / "scores.json")
    scores = json.loads((tmp_path / "scores.json").read_text())["scores"]["paper"]
    assert [scores[name]["value"] for name in ("symmetry", "periodicity", "connectivity")] == [1, 1, 1]


def test_a_start_and_neighbours_are_read_alike(tmp_path: Path) -> None:
    from zoo_mechanics.components.boundary_match import BoundaryMatch

    out, small = tmp_path / "out", ("--volume", 0.3, "--resolution", 8, "--iterations", 12)
    assert "bulk modulus" in zoo("optimise", "--maximise", "bulk", *small, "--start", image(tmp_path), "-o", out)
    np.testing.assert_array_equal(BoundaryMatch(str(run(tmp_path))).cells[0], CROSS)


@pytest.fixture
def hexagonal(tmp_path: Path) -> Path:
    (tmp_path / "nets.cgd").write_text(PCU.format(height=0.8, gamma=120).replace("cube", "prism"))
    return tmp_path / "nets.cgd"


@pytest.mark.parametrize(
    "command",
    [
        ("mesh", "{path}", "-o", "{folder}/out"),
        ("picture", "{path}", "-o", "{folder}/out.png"),
        ("optimise", "--maximise", "bulk", "--volume", "0.3", "--start", "{path}", "-o", "{folder}/out"),
    ],
)
def test_what_is_no_cube_is_refused_by_name(command: tuple[str, ...], hexagonal: Path) -> None:
    words = [word.format(path=hexagonal, folder=hexagonal.parent) for word in command]
    with pytest.raises(ZooError) as told:
        zoo(*words)
    assert told.value.problems == (
        f"prism: its lattice is 1:1:0.8, 90, 90, 120 degrees, and zoo {command[0]} takes cubes.",
    )
    assert not list(hexagonal.parent.glob("out*"))


def test_mechanics_takes_the_lattice_of_the_file(hexagonal: Path) -> None:
    structures = read_structures(hexagonal, {"use": "voxels"})
    np.testing.assert_allclose(structures.lattice, [HEXAGONAL], atol=1e-6)
    truth = homogenise(torch.from_numpy(structures.structures).float(), torch.from_numpy(HEXAGONAL)).stiffness[0]
    [cell] = json.loads(zoo("mechanics", hexagonal, "--json"))["cells"]
    np.testing.assert_allclose(cell["stiffness"], truth, atol=1e-6)
    np.testing.assert_allclose(cell["lattice"], HEXAGONAL, atol=1e-6)
    store = hexagonal.with_name("cells.safetensors")
    properties = {"lattice": np.stack([HEXAGONAL, np.full((3, 3), np.nan)])}
    cells = np.concatenate([structures.structures] * 2)
    write_structures(store, cells, binary=True, properties=properties, metadata={})
    stored = json.loads(zoo("mechanics", store, "--json"))["cells"]
    assert stored[0]["stiffness"] == cell["stiffness"] and stored[1]["lattice"] == np.eye(3).tolist()


def test_a_lattice_that_is_given_goes_before_the_file_s(hexagonal: Path) -> None:
    [ours] = json.loads(zoo("mechanics", hexagonal, "--json"))["cells"]
    done = CliRunner().invoke(app, ["mechanics", str(hexagonal), "--json", "--lattice", "2,2,1.6,90,90,120"])
    assert "says otherwise" not in done.stderr
    np.testing.assert_allclose(json.loads(done.stdout)["cells"][0]["stiffness"], ours["stiffness"], atol=1e-6)
    done = CliRunner().invoke(app, ["mechanics", str(hexagonal), "--json", "--lattice", "1,1,1,90,90,90"])
    assert f"--lattice 1,1,1,90,90,90 is taken, and {hexagonal} says otherwise." in done.stderr
    np.testing.assert_allclose(json.loads(done.stdout)["cells"][0]["lattice"], np.eye(3), atol=1e-12)


def test_a_folder_without_cells_is_told(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="it is not the folder of a run, which has samples.safetensors, and no importer"):
        zoo("mechanics", tmp_path)
