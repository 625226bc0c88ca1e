"""Figures 5 to 8, read back from the SVG."""

import base64
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.cuts.geometry import base_angles
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.drawing.curves import curves_svg
from zoo_kirigami.drawing.histograms import neighbours_svg, rotations_svg

SVG = "{http://www.w3.org/2000/svg}"
CELLS = replaced_cells(range(1000), 0, 90, sweeps=10)


@dataclass
class Train:
    cells: np.ndarray

    def array(self):
        return self.cells


def images(svg):
    """The heat maps of an SVG, a pixel a bin."""
    found = [node.get("href") for node in ET.fromstring(svg).iter(f"{SVG}image")]
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(href.split(",")[1])))) for href in found]


def texts(svg):
    return [node.text for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_neighbours_that_would_cross_leave_the_histogram_white():
    """A vertical cut and the horizontal one below meet when both turn by 45 degrees to one side, else not. Uniform
    rotations darken it everywhere."""
    uniform = base_angles(6) + np.random.default_rng(0).uniform(-90, 90, (1000, 6, 6))
    _, neighbours, tension = CutPattern(90).compare(uniform, Train(CELLS))
    assert "None of the samples is without crossings" in tension.caption
    data, samples = images(neighbours.data)
    assert data.shape == samples.shape == (36, 36)
    assert data[9, 9] == data[26, 26] == 255 > data[9, 26]
    assert data[26, 9] < 255 and samples.max() < 255


def test_rotations_of_samples_are_an_outline_over_those_of_the_data():
    few = CELLS[:10]
    rotations, *_ = CutPattern(90).compare(few, Train(CELLS))
    root = ET.fromstring(rotations.data)
    assert texts(rotations.data)[:2] == ["training data", "samples"]
    bars = re.findall(r"v-([\d.]+)h", root.find(f"{SVG}path").get("d"))
    outline = [point.split(",")[1] for point in root.find(f"{SVG}polyline").get("points").split()][::2]
    found = [np.array(bars, float), 120 - np.array(outline, float)]
    shares = [np.histogram(cells - base_angles(6), 36, (-90, 90))[0] / cells.size for cells in (CELLS, few)]
    assert np.concatenate(found) == pytest.approx(120 * np.concatenate(shares) / max(map(np.max, shares)), abs=0.01)


def test_names_are_escaped_and_nothing_at_all_can_be_drawn():
    empty = np.zeros((4, 4), np.int64)
    for svg in (neighbours_svg({"<a>": empty}, 10), rotations_svg({"<a>": empty[0]}, 10)):
        assert "<a>" in texts(svg)


def test_curves_end_where_they_should():
    curves = {"one": [(0, 4.0), (10, 2.0)], "two": [(0, 3.0), (5, 0.0)]}
    svg = curves_svg(curves, {"independent draws": 8.0}, "mean crossings")
    lines = [line.get("points") for line in ET.fromstring(svg).iter(f"{SVG}polyline")]
    assert lines == ["44.0,110.0 384.0,160.0", "44.0,135.0 214.0,210.0"]
    assert {"one", "two", "independent draws", "mean crossings over epochs", "10", "8"} <= set(texts(svg))
    assert curves_svg({"none": [(0, 0.0)]}, {}, "crossings").count("polyline") == 1
