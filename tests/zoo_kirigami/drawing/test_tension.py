"""The picture of sheets in tension in a report."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import torch

from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles
from zoo_kirigami.drawing.tension import MAX_SIDE, tension_figure
from zoo_kirigami.sheets.slit_sheet import slit_sheet

CROSSING = np.full((2, 2), 45.0)


def test_the_first_sheet_of_each_set_that_holds_together() -> None:
    turned = base_angles(2) + np.diag([10.0, 5.0])
    sets = {"data": np.stack([base_angles(2)]), "samples": np.stack([CROSSING, turned, base_angles(2)])}
    [figure] = tension_figure(sets, CUT_LENGTH)
    for number, (name, pattern) in enumerate({"data": base_angles(2), "samples": turned}.items()):
        ratio = float(slit_sheet(torch.from_numpy(pattern)[None], nodes=12).poissons_ratio[0, 0])
        assert (
            f"number {number} of the {name}, the first without crossings, Poisson's ratio {ratio:.2f}" in figure.caption
        )
    sheets = list(ElementTree.fromstring(figure.data))
    assert len(sheets) == 2
    assert all(float(sheet.attrib["width"]) > 360 for sheet in sheets)


def test_what_has_no_sheet_is_said() -> None:
    [figure] = tension_figure({"data": base_angles(2)[None], "samples": CROSSING[None]}, CUT_LENGTH)
    assert "None of the samples is without crossings" in figure.caption
    assert len(list(ElementTree.fromstring(figure.data))) == 1


def test_no_picture_without_a_sheet_or_of_a_large_one() -> None:
    assert tension_figure({"samples": CROSSING[None]}, CUT_LENGTH) == []
    assert tension_figure({"samples": base_angles(MAX_SIDE + 2)[None]}, CUT_LENGTH) == []
