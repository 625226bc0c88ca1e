"""Cells that are turned until they are worth what is wanted."""

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from zoo.cli.app import app
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.sheets.descent import Descent, distance
from zoo_kirigami.sheets.slit_sheet import slit_sheet

CELLS = replaced_cells(range(2), 0, max_rotation=60, n=2, sweeps=20).astype(float)


def test_it_comes_near_without_crossing_and_counts_every_solution() -> None:
    solved = 0

    def worth(cells: torch.Tensor) -> torch.Tensor:
        nonlocal solved
        solved += 1
        return slit_sheet(cells, nodes=4).poissons_ratio

    target = torch.tensor([-0.7, -0.8]).double()
    for start in torch.from_numpy(CELLS):
        value = worth(start[None])[0]
        solved = 0
        tried = list(Descent(worth, 60).search(start, value, target))
        assert sum(cost for *_, cost in tried) == solved <= 40
        cells = torch.stack([cell for cell, *_ in tried])
        assert not crossings(cells.numpy()).any()
        assert (cells - torch.from_numpy(base_angles(2))).abs().max() <= 60
        best = min(tried, key=lambda one: float(distance(one[1], target)))
        assert distance(slit_sheet(best[0][None], nodes=4).poissons_ratio[0], target) < 1e-4


def test_a_cut_that_leans_on_its_neighbour_leaves_the_work_to_the_others() -> None:
    """The sum of angles is to grow by 10; the first cut can turn by a hundredth of a degree at most."""
    cell = torch.from_numpy(base_angles(2))
    cell[0, 0] = 60 - 0.001
    worth = lambda cells: cells.flatten(1).sum(1, keepdim=True)  # noqa: E731
    target = worth(cell[None])[0] + 10
    moves = list(Descent(worth, 60).search(cell, target - 10, target))
    step = moves[1][0] - cell
    assert abs(float(step[0, 0])) < 0.01
    assert float(moves[1][1] - target) == pytest.approx(0, abs=1e-9)


def test_the_command(tmp_path) -> None:
    crossing = np.full((1, 2, 2), 45.0)
    np.save(tmp_path / "cells.npy", np.concatenate([crossing, CELLS]))
    wanted = ["--target", "poissons_ratio_xy=-0.7", "--target", "youngs_modulus_x=0.03"]
    arguments = [
        "kirigami-design",
        str(tmp_path / "cells.npy"),
        "--side",
        "2",
        "--max-rotation",
        "60",
        "-n",
        "1",
        *wanted,
    ]
    result = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "designs.npy")])
    assert result.exit_code == 0, result.output
    [cell] = np.load(tmp_path / "designs.npy")
    sheet = slit_sheet(torch.from_numpy(cell)[None])
    assert float(sheet.poissons_ratio[0, 0]) == pytest.approx(-0.7, abs=0.003)
    assert float(sheet.youngs_modulus[0, 0]) == pytest.approx(0.03, rel=0.003)
    assert result.output.split("closing")[1].split()[0] == "1"  # The first whose cuts do not cross.


def test_mistakes_of_the_command(tmp_path) -> None:
    np.save(tmp_path / "cells.npy", np.full((1, 2, 2), 45.0))
    arguments = ["kirigami-design", str(tmp_path / "cells.npy"), "--side", "2", "-o", str(tmp_path / "designs.npy")]
    wrong = ["poisson=1", "shear_modulus=-1", "youngs_modulus_x"]
    result = CliRunner().invoke(app, [*arguments, *(word for text in wrong for word in ("--target", text))])
    for part in ("no property 'poisson'; known: poissons_ratio_xy", "positive", "expected NAME=VALUE"):
        assert part in str(result.exception)
    result = CliRunner().invoke(app, [*arguments, "--target", "poissons_ratio_xy=-0.5"])
    assert "no sheet to start from" in str(result.exception)
    assert not (tmp_path / "designs.npy").exists()
