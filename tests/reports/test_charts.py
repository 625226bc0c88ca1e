"""Charts show their data where they say they do."""

import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given, strategies as st

from zoo.reports.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, histogram, line_chart

finite = st.floats(-1e12, 1e12, allow_nan=False)
curves = st.lists(finite, min_size=1, max_size=50).map(lambda values: list(enumerate(values)))


def points(svg: str, kind: str) -> np.ndarray:
    line = ElementTree.fromstring(svg).find(f"polyline[@class='{kind}']")
    assert line is not None
    return np.array([[float(x) for x in pair.split(",")] for pair in line.attrib["points"].split()])


def ticks(svg: str) -> tuple[np.ndarray, np.ndarray]:
    """Values and heights of the ticks of the vertical axis."""
    root = ElementTree.fromstring(svg)
    lines = root.findall("line[@class='grid']")
    labels = root.findall("text[@class='tick']")[: len(lines)]
    return np.array([float(t.text or "") for t in labels]), np.array([float(line.attrib["y1"]) for line in lines])


@given(curves, curves)
def test_every_curve_lies_in_its_frame(train: list[tuple[int, float]], held_out: list[tuple[int, float]]) -> None:
    svg = line_chart("loss", train, held_out)
    for kind, curve in (("train", train), ("held-out", held_out)):
        drawn = points(svg, kind)
        assert len(drawn) == len(curve)
        assert drawn[:, 0].min() >= LEFT - 0.1 and drawn[:, 0].max() <= WIDTH - RIGHT + 0.1
        assert drawn[:, 1].min() >= TOP - 0.1 and drawn[:, 1].max() <= HEIGHT - BOTTOM + 0.1


@pytest.mark.parametrize("values", [[1.0, 1.5, 2.0], [-3.0, 0.2, 4.0], [1e-4, 3e-3, 2.0], [0.9, 8.0, 0.5]])
def test_a_tick_stands_where_its_value_is_drawn(values: list[float]) -> None:
    svg = line_chart("loss", list(enumerate(values)), [])
    labels, heights = ticks(svg)
    drawn = points(svg, "train")[:, 1]
    scale = math.log if min(values) > 0 and max(values) / min(values) > 8 else float
    low, high = scale(min(values)), scale(max(values))
    expected = drawn.max() + (np.array([scale(t) for t in labels]) - low) / (high - low) * (drawn.min() - drawn.max())
    np.testing.assert_allclose(heights, expected, atol=0.2)
    assert 2 <= len(labels) <= 7


@example([1.0, 5e-324])
@example([0.0, 5e-324])
@given(st.lists(finite, min_size=2, max_size=30))
def test_ticks_are_few(values: list[float]) -> None:
    labels, _ = ticks(line_chart("loss", list(enumerate(values)), []))
    assert len(labels) <= 7


def test_a_histogram_shows_the_counts() -> None:
    svg = histogram("score", np.array([0.0, 0.0, 0.0, 1.0]), np.array([1.0, 1.0]), bins=2)
    bars = ElementTree.fromstring(svg).findall("rect")
    heights = [float(bar.attrib["height"]) for bar in bars]
    assert heights[0] == pytest.approx(3 * heights[1])
    outline = points(svg, "outline")
    assert outline[0, 1] > outline[-1, 1]


def test_constant_values_make_a_histogram() -> None:
    assert len(re.findall("<rect", histogram("score", np.ones(5), None))) == 1


def test_labels_are_escaped() -> None:
    assert "<b>" not in line_chart("<b>", [(0, 1.0)], [])
