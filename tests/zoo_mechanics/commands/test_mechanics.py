"""`zoo mechanics` as a user meets it."""

import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_mechanics.elasticity.lattices import lattice_vectors
from zoo_voxels.generation.shells import candidates


def shells(path: Path) -> Path:
    np.savez(path, structures=np.stack([next(candidates(item, 8, 0)).cell for item in range(2)]))
    return path


def zoo(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["mechanics", *map(str, arguments)])
    if done.exception is not None and done.exit_code:
        raise done.exception
    assert done.exit_code == 0
    return done.stdout


def test_a_row_for_each_cell(tmp_path: Path) -> None:
    headers, *rows = zoo(shells(tmp_path / "cells.npz")).splitlines()
    assert headers.split()[:4] == ["cell", "solid", "E_x", "E_y"]
    assert [row.split()[0] for row in rows] == ["0", "1"]


def test_json_has_the_tensors_in_the_units_of_the_base(tmp_path: Path) -> None:
    np.save(tmp_path / "full.npy", np.ones((4, 4, 4), dtype=np.uint8))
    [cell] = json.loads(zoo(tmp_path / "full.npy", "--json", "--young", "70", "--poisson", "0.2"))["cells"]
    assert cell["young"] == pytest.approx([70] * 3, rel=1e-4)
    assert cell["stiffness"][0][1] == pytest.approx(70 * 0.2 / (1.2 * 0.6), rel=1e-4)
    assert cell["bulk_to_bound"] == pytest.approx(1, rel=1e-4)


def test_rods_are_singular_and_said_to_be(tmp_path: Path) -> None:
    rods = np.zeros((6, 6, 6))
    rods[:, :3, :3] = 1
    np.save(tmp_path / "rods.npy", rods)
    done = CliRunner().invoke(app, ["mechanics", str(tmp_path / "rods.npy"), "--json"])
    [cell] = json.loads(done.stdout)["cells"]
    assert cell["singular"] and cell["universal_anisotropy"] is None
    assert cell["young"] == pytest.approx([0.25, 0, 0], abs=1e-4)
    assert (
        "some strain meets no resistance" in CliRunner().invoke(app, ["mechanics", str(tmp_path / "rods.npy")]).stderr
    )


def test_refinement_says_bias_and_order(tmp_path: Path) -> None:
    shown = zoo(shells(tmp_path / "cells.npz"), "-n", "1", "--refine", "3", "--json")
    finer = json.loads(shown)["cells"][0]["refinement"]
    assert finer["levels"] == [1, 2, 3] and finer["bias"] > 0 and finer["order"] > 0


def test_the_figure_is_as_long_along_each_direction_as_the_modulus(tmp_path: Path) -> None:
    rods = np.zeros((1, 4, 4, 4))
    rods[:, :, :2, :2] = 1
    np.save(tmp_path / "rods.npy", rods)
    zoo(tmp_path / "rods.npy", "--figure", tmp_path / "rods.svg")
    drawn = ElementTree.parse(tmp_path / "rods.svg").getroot()
    curves = [path.get("d") or "" for path in drawn.iter("{http://www.w3.org/2000/svg}path") if path.get("fill")]
    points = [np.array([point.split() for point in curve.strip("MZ").split("L")], dtype=float) for curve in curves]
    reach = [np.ptp(panel, axis=0) for panel in points]
    # 100 to either side along x, nothing along y and z; next to nothing between, as rods do not resist shear.
    assert np.allclose(reach, [[200, 0], [200, 0], [0, 0]], atol=0.1)


def test_a_lattice_has_its_lengths_and_angles() -> None:
    a, b, c = lattice_vectors([1, 2, 3, 80, 100, 110]).numpy()
    assert [np.linalg.norm(v) for v in (a, b, c)] == pytest.approx([1, 2, 3])
    pairs = [(b, c), (a, c), (a, b)]
    angles = [np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v))) for u, v in pairs]
    assert angles == pytest.approx([80, 100, 110])


@pytest.mark.parametrize(
    ("cells", "options", "message"),
    [
        (np.ones((4, 4)), [], "its array has 2 axes, expected n, x, y, z"),
        (np.full((1, 4, 4, 4), np.nan), [], "cells.npy: entry 1: it holds NaN or infinities"),
        (
            -np.ones((2, 4, 4, 4)),
            [],
            "reach from -1 to -1, beyond 0 to 1. It is the same with 1 other",
        ),
        (np.zeros((1, 4, 4, 4)), [], "no solid in cell 0"),
        (2 * np.ones((1, 4, 4, 4)), [], "entry 1: its values reach from 2 to 2, beyond 0 to 1"),
        (np.ones((1, 4, 4, 4)), ["--poisson", "0.5"], "Poisson's ratio 0.5 must lie between"),
        (np.ones((1, 4, 4, 4)), ["--figure", "modulus.png"], "unknown format '.png'; known: .svg"),
        (np.ones((1, 4, 4, 4)), ["--lattice", "1,1,1"], "expected a,b,c,alpha,beta,gamma"),
        (np.ones((1, 4, 4, 4)), ["--lattice", "1,1,1,120,120,120"], "the angles 120, 120, 120 close no cell"),
        (np.ones((1, 4, 4, 4)), ["--lattice", "1,0,1,90,90,90"], "positive lengths"),
    ],
)
def test_mistakes_are_named(cells: np.ndarray, options: list[str], message: str, tmp_path: Path) -> None:
    np.save(tmp_path / "cells.npy", cells)
    with pytest.raises(ZooError, match=message):
        zoo(tmp_path / "cells.npy", *options)


@pytest.mark.parametrize("name", ["missing.npy", "cells.txt", "broken.npz", "other.npz"])
def test_files_without_cells_are_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "cells.txt").write_text("cells")
    (tmp_path / "broken.npz").write_bytes(b"PK nothing")
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    with pytest.raises(ZooError, match=name):
        zoo(tmp_path / name)
