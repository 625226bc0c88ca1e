"""Files for a laser cutter, read back by other programs' readers."""

import re
import xml.etree.ElementTree as ET

import ezdxf
import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_kirigami.commands.options import CUT_LENGTH as DEFAULT_LENGTH, read_patterns
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles
from zoo_kirigami.drawing.sheet import sheet, sheet_svg


@pytest.fixture
def cells(tmp_path):
    angles = base_angles(6) + np.random.default_rng(0).uniform(-29, 29, (3, 6, 6))
    path = tmp_path / "cells.npz"
    CutPattern(60).write(angles.astype(np.float32), path)
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_dxf_holds_every_cut_in_millimetres(cells, tmp_path):
    """ezdxf is an independent reader: lengths, bearings and places of the lines, and the outline around them."""
    done = run("kirigami-sheet", cells, "-o", tmp_path / "s.dxf", "--cell", 1, "--tile", "2x3", "--spacing", 8)
    assert done.exit_code == 0, done.output
    drawing = ezdxf.readfile(tmp_path / "s.dxf")
    assert not drawing.audit().errors
    lines = {layer: drawing.modelspace().query(f'LINE[layer=="{layer}"]') for layer in ("CUTS", "OUTLINE")}
    starts, ends = (np.array([getattr(line.dxf, end) for line in lines["CUTS"]]) for end in ("start", "end"))
    assert len(starts) == 2 * 3 * 36
    assert np.linalg.norm(ends - starts, axis=1) == pytest.approx(8 * 3**0.5, abs=1e-4)
    column, row = np.rint(((starts + ends) / 2 - 5 - 4) / 8).astype(int).T[:2]
    row = 11 - row  # y points up, rows down
    assert len(set(zip(row, column, strict=True))) == 216
    bearing = np.rad2deg(np.arctan2(*(ends - starts).T[:2]))
    wanted = read_patterns(cells, 6, 60).structures[1][row % 6, column % 6]
    assert np.abs((bearing - wanted + 90) % 180 - 90).max() < 1e-3
    corners = {tuple(line.dxf.start.vec2) for line in lines["OUTLINE"]}
    assert corners == {(0, 0), (154, 0), (154, 106), (0, 106)}
    across, up, _ = np.concatenate([starts, ends]).T
    assert across.min() > 0 and across.max() < 154 and up.min() > 0 and up.max() < 106


def test_svg_and_dxf_show_the_same(cells, tmp_path):
    for suffix in ("svg", "dxf"):
        assert run("kirigami-sheet", cells, "-o", tmp_path / f"s.{suffix}").exit_code == 0
    root = ET.parse(tmp_path / "s.svg").getroot()
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("70mm", "70mm", "0 0 70 70")
    path = root.find("{*}g[@id='cuts']/{*}path").get("d")
    drawn = np.array(re.findall(r"-?[\d.]+", path), float).reshape(-1, 4)
    lines = ezdxf.readfile(tmp_path / "s.dxf").modelspace().query('LINE[layer=="CUTS"]')
    expected = [(*line.dxf.start.vec2, *line.dxf.end.vec2) for line in lines]
    assert drawn * [1, -1, 1, -1] + [0, 70, 0, 70] == pytest.approx(np.array(expected), abs=1e-3)


def test_a_cell_with_crossings_is_written_and_named(tmp_path):
    np.save(tmp_path / "cells.npy", np.zeros((1, 6, 6), np.float32))
    done = run("kirigami-sheet", tmp_path / "cells.npy", "-o", tmp_path / "s.svg")
    assert done.exit_code == 0
    assert "36 pairs of cuts cross" in done.output


@pytest.mark.parametrize(
    ("tiles", "spacing", "margin", "length", "problem"),
    [
        ((0, 1), 10, 5, 3**0.5, "tiles"),
        ((1, 1), 0, 5, 3**0.5, "spacing"),
        ((1, 1), np.nan, 5, 3**0.5, "spacing"),
        ((1, 1), 10, 3.6, 3**0.5, "margin"),
        ((1, 1), 10, np.nan, 3**0.5, "margin"),
        ((1, 1), 10, 5, 2.0, "cut_length"),
    ],
)
def test_sheets_that_cannot_be_cut(tiles, spacing, margin, length, problem):
    with pytest.raises(ZooError, match=problem):
        sheet(base_angles(6), tiles, spacing, margin, length)


def test_a_narrow_frame_still_holds_every_cut():
    drawing = sheet(base_angles(6), (1, 1), 10, 3.67)
    assert drawing.cuts.min() > 0
    assert "mm" in sheet_svg(drawing)


def test_one_number_of_tiles_goes_both_ways(cells, tmp_path):
    for tile in ("2", "2x2"):
        assert run("kirigami-sheet", cells, "-o", tmp_path / f"{tile}.dxf", "--tile", tile).exit_code == 0
    assert (tmp_path / "2.dxf").read_bytes() == (tmp_path / "2x2.dxf").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["-o", "s.pdf"], ".svg, .dxf"),
        (["-o", "s.svg", "--tile", "2x"], "DOWNxACROSS"),
        (["-o", "s.svg", "--cell", "3"], "3 cells"),
        (["-o", "s.svg", "--side", "4"], "its n is 6, and that of cut-pattern is 4"),
    ],
)
def test_what_the_command_refuses(cells, arguments, problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run("kirigami-sheet", cells, *arguments)
    assert isinstance(done.exception, ZooError) and problem in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["cells.npz"]


def test_figure_4a(tmp_path):
    done = run("kirigami-chances", "-o", tmp_path / "figure.svg", "--count", 200)
    assert done.exit_code == 0, done.output
    table = {int(row[0]): float(row[1]) for row in (line.split() for line in done.output.splitlines()[1:-1])}
    assert table[30] == 0 and table[60] == pytest.approx(14.35, abs=1) and table[60] > table[90]
    lines = ET.parse(tmp_path / "figure.svg").getroot().findall("{*}polyline")
    assert [len(line.get("points").split()) for line in lines] == [18, 18]
    assert DEFAULT_LENGTH == CUT_LENGTH
