"""The displacement of a stretched sheet: free faces, openings, periods; and its picture."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from zoo.cli.app import app
from zoo_kirigami.cuts.geometry import base_angles
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.sheets.displacement import Stretch
from zoo_kirigami.sheets.slit_sheet import openings


def stretched(direction: int = 0) -> Stretch:
    cell = replaced_cells(range(1), 0, max_rotation=60, n=4)[0]
    return Stretch.of(torch.tensor(cell), direction, 0.08)


def test_faces_part_by_the_openings() -> None:
    stretch = stretched()
    nodes = stretch.cuts.nodes
    tangent = stretch.cuts.own(stretch.cuts.tangents)[0, nodes.free[0]]
    middle = stretch.cuts.points(nodes.between)[0, nodes.free[0]]
    jump = stretch.at(middle + 1e-8j * tangent) - stretch.at(middle - 1e-8j * tangent)
    expected = openings(stretch.moves[None, None])[0, 0, nodes.free[0]]
    torch.testing.assert_close(jump, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("direction", [0, 1])
def test_the_sheet_moves_by_the_mean_strain_from_one_cell_to_the_next(direction: int) -> None:
    """And nowhere jumps but at cuts: images of a cut are handed over half a period away from it."""
    stretch = stretched(direction)
    assert float(stretch.strain[direction]) == pytest.approx(0.08)
    y = torch.linspace(0.07, 3.41, 40).double()
    for one, period in ((torch.complex(y - y, -y), 4), (torch.complex(y, y - y), 4j)):
        path = one[:, None] + torch.tensor([-1e-9, 1e-9]).double() * period
        ends = stretch.at(path.flatten()).view(path.shape)
        # Half a period from centres lie other centres, and cuts through them.
        assert ((ends[:, 1] - ends[:, 0]).abs() < 1e-6).float().mean() > 0.8
        moved = stretch.at(one + period) - stretch.at(one)
        strain = stretch.strain
        right = torch.complex(strain[0], strain[2] / 2)
        up = torch.complex(strain[2] / 2, strain[1])
        torch.testing.assert_close(moved, (4 * (right if period == 4 else up)).expand_as(moved), rtol=0, atol=1e-8)


def test_faces_carry_no_load_across_but_along() -> None:
    """Stresses from differences of displacements, across the middle of each cut against those along it."""
    stretch = stretched()
    nu, step = stretch.poissons_ratio, 1e-5

    def stress(places: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        x = (stretch.at(places + step) - stretch.at(places - step)) / (2 * step)
        y = (stretch.at(places + 1j * step) - stretch.at(places - 1j * step)) / (2 * step)
        factor = 1 / (1 - nu**2)
        return factor * (x.real + nu * y.imag), factor * (y.imag + nu * x.real), (x.imag + y.real) / (2 + 2 * nu)

    nodes = stretch.cuts.nodes
    chosen = nodes.free[0] & (nodes.between[0].abs() < 0.5)
    tangent = stretch.cuts.own(stretch.cuts.tangents)[0, chosen]
    places = stretch.cuts.points(nodes.between)[0, chosen]
    xx, yy, xy = stress(places + 1e-4j * tangent)
    normal = 1j * tangent
    traction = torch.complex(xx * normal.real + xy * normal.imag, xy * normal.real + yy * normal.imag)
    assert traction.abs().median() < 0.02 * (xx + yy).abs().median()


def test_squares_of_the_base_pattern_turn() -> None:
    """Auxetic by rotation: neighbouring squares turn by as much, in opposite senses."""
    stretch = Stretch.of(torch.tensor(base_angles(2)), 0, 0.1)
    squares = torch.tensor([0.5 - 0.5j, 1.5 - 0.5j, 0.5 - 1.5j, 1.5 - 1.5j]).to(torch.complex128)
    around = [0.2, 0.2j, -0.2, -0.2j]
    turns = sum((stretch.at(squares + arm) / arm).imag for arm in around) / 4
    torch.testing.assert_close(turns, turns[0] * torch.tensor([1, -1, -1, 1]).double(), rtol=1e-3, atol=1e-6)
    assert abs(float(turns[0])) > 0.05


def test_the_command(tmp_path) -> None:
    np.save(tmp_path / "cells.npy", base_angles(2)[None])
    arguments = ["kirigami-stretch", str(tmp_path / "cells.npy"), "-o", str(tmp_path / "sheet.svg"), "--side", "2"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "0.01296          -0.9341               0.0 %" in result.output
    picture = ElementTree.parse(tmp_path / "sheet.svg").getroot()
    sheet, lines = picture.iter("{http://www.w3.org/2000/svg}path")
    assert sheet.attrib["d"].count("z") > 4
    assert lines.attrib["d"].count("M") >= 8


def test_mistakes_of_the_command(tmp_path) -> None:
    crossing = np.array([[[45.0, 45.0], [45.0, 45.0]]])
    np.save(tmp_path / "cells.npy", crossing)
    arguments = ["kirigami-stretch", str(tmp_path / "cells.npy"), "--side", "2"]
    wrong = CliRunner().invoke(app, [*arguments, "-o", "a.png", "--direction", "z", "--strain", "0"])
    assert wrong.exit_code == 1
    for part in ("'.png'; known: .svg", "--direction z", "--strain 0"):
        assert part in str(wrong.exception)
    result = CliRunner().invoke(app, [*arguments, "-o", str(tmp_path / "sheet.svg")])
    assert result.exit_code == 1
    assert "cuts cross" in str(result.exception)
    assert not (tmp_path / "sheet.svg").exists()
