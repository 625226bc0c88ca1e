"""The evaluator on real cells, on copies and on noise."""

import numpy as np
import pytest

from zoo import Facts, Score, ZooError
from zoo.data.opening import Data, open_data
from zoo.system import machine
from zoo_voxels.components.voxel_distribution import VoxelDistribution
from zoo_voxels.likeness.neighbours import overlaps


@pytest.fixture(scope="module")
def data() -> Data:
    return open_data({"use": "metashell", "resolution": 16, "count": 400}, quiet=True)


def scores(cells: np.ndarray, data: Data) -> dict[str, Score]:
    return dict(VoxelDistribution().scores(cells, data, Facts()))


def test_real_cells_are_like_real_cells(data: Data) -> None:
    found = scores(data.held_out.array(), data)
    assert 0.35 < found["nearest_neighbour_accuracy"].value < 0.65
    assert 0.3 < found["own_kind_nearest"].value < 0.7
    assert 0.3 < found["matched"].value < 0.7
    assert min(found[name].value for name in ("precision", "recall", "coverage")) > 0.7
    assert abs(found["copying"].value) < 1e-6  # They are the very cells that it compares with.
    assert found["physical_distance"].value < 1


def test_copies_are_seen(data: Data) -> None:
    found = scores(data.train.array(data.train.originals[:80]), data)
    assert found["copying"].value < -3
    collapsed = scores(np.repeat(data.train.array(data.train.originals[:4]), 20, axis=0), data)
    assert collapsed["vendi"].value < 4.001
    assert collapsed["recall"].value < 0.3 and collapsed["matched"].value < 0.1


def test_noise_is_like_nothing(data: Data) -> None:
    noise = (np.random.default_rng(0).random((80, 16, 16, 16)) < 0.5).astype(np.uint8)
    found = scores(noise, data)
    real = scores(data.held_out.array(), data)
    # Dense training cells overlap noise more than noise does: every cell is nearest to training cells, and the mean
    # over both kinds is perfect. The half tells.
    assert found["nearest_neighbour_accuracy"].value == pytest.approx(0.5, abs=0.05)
    assert found["own_kind_nearest"].value < 0.1
    for name in ("precision", "coverage"):
        assert found[name].value < 0.3 * real[name].value
    assert found["physical_distance"].value > 100 * real["physical_distance"].value
    assert found["copying"].value > 5


def test_every_score_lies_in_its_interval(data: Data) -> None:
    collapsed = np.repeat(data.train.array(np.arange(1)), 20, axis=0)
    for cells in (data.held_out.array(np.arange(30)), data.train.array(np.arange(2)), collapsed):
        for name, score in scores(cells, data).items():
            assert score.interval is not None, name
            assert score.interval[0] <= score.value <= score.interval[1], name


def test_more_pairs_than_memory_holds_are_refused(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "free_memory", lambda: 900_000)
    message = r"to compare 120 cells with each other takes 0.0 GB of memory, and 0.0 GB are free: score fewer"
    with pytest.raises(ZooError, match=message):
        scores(data.train.array(np.arange(120)), data)
    with pytest.raises(ZooError, match="to compare 60,000 pairs of cells takes"):
        overlaps(data.train.packed()[:300], data.train.packed()[:200])


def test_bad_arguments_and_cells_are_refused(data: Data) -> None:
    with pytest.raises(ZooError, match="neighbours 0"):
        VoxelDistribution(neighbours=0)
    with pytest.raises(ZooError, match="holds 0.5"):
        VoxelDistribution().scores(np.full((1, 16, 16, 16), 0.5), data, Facts())
