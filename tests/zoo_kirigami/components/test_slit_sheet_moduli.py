"""Moduli as a property, and stored with cells."""

import numpy as np
import pytest
import torch

from zoo_kirigami.components.kirigami import Kirigami
from zoo_kirigami.components.slit_sheet_moduli import SlitSheetModuli
from zoo_kirigami.cuts.geometry import base_angles


def test_the_base_pattern() -> None:
    values = SlitSheetModuli().values(torch.tensor(base_angles(2))[None], torch.eye(3)[None])
    assert float(values["poissons_ratio_xy"]) == pytest.approx(-0.934, abs=5e-4)
    assert float(values["youngs_modulus_y"]) == pytest.approx(0.01296, rel=1e-3)
    assert float(values["closing"]) == 0


def test_a_dataset_keeps_them_on_request() -> None:
    arguments = {"max_rotation": 60, "n": 2, "count": 3}
    plain, told = Kirigami(**arguments), Kirigami(**arguments, moduli=True)
    cells, known = told.make(range(3))[:2]
    np.testing.assert_array_equal(cells, plain.make(range(3)).structures)
    expected = SlitSheetModuli().values(torch.from_numpy(cells), torch.eye(3).expand(3, 3, 3))
    assert known.keys() == {"order", *expected} == told.card().units.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(known[name], values)
