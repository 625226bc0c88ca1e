"""Controls against numbers of an independent implementation, and repair against what it may not do."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from zoo import Noise, Structure, Table, ZooError
from zoo_kirigami.components.cut_control import CutControl
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.cuts.exact import repair
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.statistics.pairs import jensen_shannon, pair_histogram

COUNT = 1000


@dataclass
class Cells:
    cells: np.ndarray

    @property
    def train(self):
        return self


@pytest.fixture(scope="module", params=[60, 90])
def train(request):
    return request.param, replaced_cells(range(8000), 0, request.param, sweeps=8)


def drawn(law, train):
    max_rotation, cells = train
    model = CutControl(Structure((6, 6), -max_rotation, 90 + max_rotation), law)
    for stage in model.stages(Cells(cells)):
        columns = stage.function({"structure": torch.from_numpy(cells)})
        with pytest.raises(StopIteration):
            stages = model.stages(Cells(cells))
            next(stages)
            stages.send(Table(columns, {}, {}))
        break
    return model.sample(range(COUNT), 0, {}, COUNT).numpy()


@pytest.mark.parametrize(
    ("law", "mean", "divergence"),
    [
        ("uniform", (14.35, 13.1), (0.144, 0.107)),
        ("marginals", (6.4, 10.2), (0.048, 0.076)),
        ("copies", (0, 0), (0.005, 0.012)),
        ("gibbs", (0, 0), (0.0057, 0.0134)),
        ("mask", (0, 0), (0.019, 0.016)),
        ("repair", (0, 0), (0.014, 0.014)),
    ],
)
def test_crossings_and_likeness(law, mean, divergence, train):
    at = 0 if train[0] == 60 else 1
    cells = drawn(law, train)
    assert np.abs(cells - base_angles(6)).max() <= train[0] + 1e-4
    assert crossings(cells).mean() == pytest.approx(mean[at], abs=0.5 if mean[at] else 0)
    histograms = [pair_histogram(x, train[0]) for x in (cells, train[1])]
    assert jensen_shannon(*histograms) == pytest.approx(divergence[at], abs=0.004 if law != "uniform" else 0.006)


def test_copies_are_training_cells(train):
    known = {cell.tobytes() for cell in train[1]}
    assert {cell.tobytes() for cell in drawn("copies", train)} < known


def test_repair_moves_only_cuts_that_cross(train):
    """Cells without crossings keep every bit; elsewhere most cuts stay."""
    max_rotation, cells = train
    rng = np.random.default_rng(0)
    uniform = base_angles(6) + rng.uniform(-max_rotation, max_rotation, (200, 6, 6))
    mixed = torch.from_numpy(np.concatenate([uniform.astype(np.float32), cells[:200]]))
    found = repair(mixed, Noise(0, range(400)), max_rotation).numpy()
    assert not crossings(found).any()
    assert np.array_equal(found[200:], cells[:200])
    assert 0.2 < (found[:200] != mixed[:200].numpy()).mean() < 0.4


def test_repair_of_a_cell_does_not_depend_on_the_others():
    uniform = (
        torch.rand(20, 6, 6, generator=torch.Generator().manual_seed(0)) * 180 - 90 + torch.from_numpy(base_angles(6))
    )
    together = repair(uniform, Noise(3, range(20)), 90)
    assert torch.equal(repair(uniform[7:9], Noise(3, [7, 8]), 90), together[7:9])


def test_controls_are_for_cut_patterns():
    with pytest.raises(ZooError, match="square"):
        CutControl(Structure((6, 6, 6), 0, 1))


@pytest.mark.parametrize("max_rotation", [60, 90])
def test_the_refinement_repairs_and_turns_less_than_drawing_anew(max_rotation):
    exact = replaced_cells(range(300), 0, max_rotation, sweeps=8)
    domain = CutPattern(max_rotation)
    noise = np.random.default_rng(0).normal(0, 8, exact.shape).astype(np.float32)
    cells = domain.harden(torch.from_numpy(exact + noise)).numpy()
    crossing = crossings(cells) > 0
    repaired = domain.refine(cells, "repair")
    assert 0.3 < crossing.mean() < 1 and not crossings(repaired).any()
    assert np.array_equal(repaired[~crossing], cells[~crossing])
    assert np.array_equal(domain.refine(cells[5:9], "repair"), repaired[5:9])
    anew = repair(torch.from_numpy(cells), Noise(0, range(300)), max_rotation).numpy()
    near, far = (
        np.abs((turn := found - cells) - 180 * np.rint(turn / 180))[turn != 0].mean() for found in (repaired, anew)
    )
    assert near < 0.9 * far
