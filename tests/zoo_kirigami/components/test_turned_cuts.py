"""Patterns that cross, made of such that do not."""

import numpy as np
import pytest
import torch

from zoo import Noise, Structure, ZooError
from zoo_kirigami.components.turned_cuts import TurnedCuts
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.replacement import replaced_cells

CELLS = torch.from_numpy(replaced_cells(range(200), 0, 60, sweeps=10))


def test_all_cross_and_most_cuts_stay():
    structure = Structure((6, 6), -60.0, 150.0)
    turned = TurnedCuts(structure)(CELLS, Noise(0, range(200)))
    assert (crossings(turned.numpy()) > 0).all()
    assert np.abs(turned.numpy() - base_angles(6)).max() <= 60
    # An eighth of the cuts, and somewhat more, since those that turn few are the likelier to be drawn again.
    assert 0.125 < (turned != CELLS).float().mean() < 0.16


def test_where_no_cuts_can_meet_there_are_no_negatives():
    structure = Structure((6, 6), -20.0, 110.0)
    base = torch.from_numpy(base_angles(6)).float()[None]
    with pytest.raises(ZooError, match="within 20 degrees hardly any cuts ever cross"):
        TurnedCuts(structure)(base, Noise(0, [0]))
    with pytest.raises(ZooError, match="share 0 must"):
        TurnedCuts(structure, share=0)
