"""Pictures of cut patterns, read back from the SVG."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles
from zoo_kirigami.drawing.drawing import CROSSING, CUT, gallery_svg

SVG = "{http://www.w3.org/2000/svg}"


def cells(svg):
    return ET.fromstring(svg).findall(f"{SVG}svg")


def segments(cell, colour):
    """Start and extent (x, y, dx, dy) of every line of a colour."""
    paths = [path.get("d") for path in cell.findall(f"{SVG}path") if path.get("stroke") == colour]
    return np.array([re.findall(r"-?\d+\.\d+", line) for line in re.findall(r"M[^M]+", "".join(paths))], float)


def test_a_pattern_shows_every_cut_where_it_lies():
    rng = np.random.default_rng(0)
    angles = base_angles(6) + rng.uniform(-29, 29, (6, 6))
    (cell,) = cells(gallery_svg(angles[None], columns=1))
    drawn = segments(cell, CUT)
    centres = drawn[:, :2] + drawn[:, 2:] / 2
    assert np.hypot(drawn[:, 2], drawn[:, 3]) == pytest.approx(CUT_LENGTH, abs=0.02)
    column, row = np.floor(centres % 6).astype(int).T
    assert set(zip(row, column, strict=True)) == set(np.ndindex(6, 6))
    bearing = np.rad2deg(np.arctan2(drawn[:, 2], -drawn[:, 3]))
    assert np.abs((bearing - angles[row, column] + 90) % 180 - 90).max() < 0.6


def test_a_cut_across_the_border_comes_in_at_the_other_side():
    (cell,) = cells(gallery_svg(base_angles(6)[None], columns=1))
    drawn = segments(cell, CUT)
    inside = ((drawn[:, 0] < 6) & (drawn[:, 0] + drawn[:, 2] > 0)).all()
    assert inside
    assert len(drawn) == 36 + 12


def test_crossing_cuts_have_a_colour_of_their_own():
    angles = base_angles(6)
    angles[2, 2:4] = 40, 140
    (cell,) = cells(gallery_svg(angles[None], columns=1))
    drawn = segments(cell, CROSSING)
    centres = np.floor(drawn[:, :2] + drawn[:, 2:] / 2)
    assert {tuple(centre) for centre in centres} >= {(2, 2), (3, 2)}
    assert len(segments(cell, CUT)) + len(drawn) >= 36


def test_a_gallery_holds_all_patterns_row_by_row():
    svg = gallery_svg(np.stack([base_angles(6)] * 7), columns=3)
    places = [(float(cell.get("x")), float(cell.get("y"))) for cell in cells(svg)]
    assert len(places) == 7
    assert places == sorted(places, key=lambda place: place[::-1])
    width, height = (float(size) for size in ET.fromstring(svg).get("viewBox").split()[2:])
    assert max(x for x, _ in places) + 6 == pytest.approx(width)
    assert max(y for _, y in places) + 6 == pytest.approx(height)
