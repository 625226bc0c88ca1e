"""The domain and its data as the core sees them."""

import numpy as np
import pytest
import torch

from zoo import ZooError
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.components.kirigami import Kirigami
from zoo_kirigami.cuts.geometry import base_angles, crossing_pairs, crossings, order


@pytest.mark.parametrize("max_rotation", [20, 60, 90])
def test_hard_structures_fill_the_declared_range(max_rotation):
    domain = CutPattern(max_rotation)
    soft = torch.rand(500, 6, 6) * 1000 - 500
    hard = domain.harden(soft)
    assert domain.structure == ((6, 6), -max_rotation, 90 + max_rotation)
    assert hard.dtype == torch.float32
    assert hard.min() >= domain.structure.low
    assert hard.max() <= domain.structure.high
    assert torch.equal(domain.harden(hard), hard)


def test_hardening_turns_no_cut_of_a_fully_random_pattern():
    soft = torch.rand(200, 6, 6, generator=torch.Generator().manual_seed(0)) * 1000 - 500
    assert np.array_equal(crossing_pairs(CutPattern(90).harden(soft)), crossing_pairs(soft))


@pytest.mark.parametrize(
    "arguments",
    [{"max_rotation": 0}, {"max_rotation": 91}, {"max_rotation": np.nan}, {"n": 5}, {"n": 0}, {"cut_length": 2}],
)
def test_impossible_domains(arguments):
    for kind in (CutPattern, Kirigami):
        with pytest.raises(ZooError, match=str(next(iter(arguments.values())))):
            kind(**arguments)
    with pytest.raises(ZooError, match="seed -1"):
        Kirigami(seed=-1)


def test_cells_that_are_not_finite_do_not_pass_for_admissible():
    with pytest.raises(ZooError, match="finite"):
        crossings(CutPattern(60).harden(torch.full((1, 6, 6), torch.nan)))


def test_figures():
    cells = np.concatenate([chunk.structures for chunk in Kirigami(60, count=30).chunks()])
    (gallery,) = CutPattern(60).figures(cells)
    assert gallery.caption == "The first 24 cells; 0 of them have cuts that cross, in orange."
    assert gallery.data.startswith(b"<svg")
    assert len(gallery.data) < 60_000


def test_dataset_yields_its_count_in_a_fixed_order():
    dataset = Kirigami(max_rotation=60, n=4, count=1100, seed=3)
    first, second = list(dataset.chunks())
    assert dataset.count == 1100
    assert (first.structures.shape, second.structures.shape) == ((1000, 4, 4), (100, 4, 4))
    again = list(Kirigami(max_rotation=60, n=4, count=1010, seed=3).chunks())
    assert np.array_equal(again[1].structures, second.structures[:10])
    assert not np.array_equal(next(Kirigami(60, 4, 10, seed=4).chunks()).structures, first.structures[:10])
    assert not crossings(first.structures).any()


def test_dataset_names_its_domain_and_edition():
    dataset = Kirigami(max_rotation=20, n=4)
    assert dataset.domain() == {"use": "cut-pattern", "max_rotation": 20.0, "n": 4, "cut_length": 3**0.5}
    assert dataset.card().edition == "zoo"
    assert "20 degrees" in dataset.card().description


def test_order():
    base = base_angles(6)[None]
    assert order(base) == pytest.approx([1])
    assert order(base + 90) == pytest.approx([-1])
    assert order(base + 45) == pytest.approx([0])
    chunk = next(Kirigami(90, count=500).chunks())
    assert chunk.properties["order"].shape == (500,)
    assert np.abs(chunk.properties["order"].mean()) < 0.02
    # uniform rotations within 20 degrees: the mean of cos 2b is sin(40 deg) / (40 deg)
    assert next(Kirigami(20, count=500).chunks()).properties["order"].mean() == pytest.approx(0.9207, abs=2e-3)
