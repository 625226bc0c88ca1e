"""How near samples come to what was asked: cells whose properties are known by construction."""

import json
from pathlib import Path

import numpy as np
import pytest

from zoo import Facts, ZooError
from zoo.components.evaluators.condition_met import ConditionMet
from zoo.data.opening import Data, open_data
from zoo.data.store import read_samples
from zoo.errors import ZooWarning
from zoo.recipes import resolve
from zoo.runs.run import Options, run
from zoo.scores.cache import kept_path
from zoo.scores.scoring import score_beside
from zoo_mechanics.components.stiffness_property import Stiffness


@pytest.fixture(scope="module")
def data() -> Data:
    block = {"use": "metashell", "resolution": 8, "count": 12, "properties": {"use": "stiffness"}}
    return open_data(block, quiet=True)


def layered(*layers: int) -> np.ndarray:
    """Cells whose first layers, of eight, are solid."""
    cells = np.zeros((len(layers), 8, 8, 8), np.uint8)
    for cell, count in zip(cells, layers, strict=True):
        cell[:count] = 1
    return cells


def test_errors_and_shares_are_those_of_known_volume_fractions(data: Data) -> None:
    """Fractions 1/8 to 4/8 were wanted as 1/8, 1/8, 3/8 and nothing; a quarter is off by 1/8."""
    values = data.train.properties("volume_fraction").numpy()[data.train.originals]
    spread = values.astype(float).std()
    wanted = np.array([1 / 8, 1 / 8, 3 / 8, np.nan])
    for tolerance, met in ((0.99 / 8 / spread, 2 / 3), (1.01 / 8 / spread, 1.0)):
        facts = Facts(wanted={"volume_fraction": wanted})
        found = ConditionMet(tolerance).scores(layered(1, 2, 3, 4), data, facts)
        assert found["volume_fraction_error"].value == pytest.approx(1 / 24)
        assert found["volume_fraction_met"].value == pytest.approx(met)
        assert found["volume_fraction_error"].per_sample is None
        assert "Of the 3 of 4 structures" in found["volume_fraction_met"].sentence
    all_given = Facts(wanted={"volume_fraction": np.full(2, 0.25)})
    error = ConditionMet().scores(layered(1, 2), data, all_given)["volume_fraction_error"]
    assert error.per_sample is not None and not error.higher_is_better
    assert error.per_sample.tolist() == [1 / 8, 0]


def test_a_component_computes_what_the_domain_does_not(data: Data) -> None:
    """The stiffness of a full cell is the solid's: C11 = E (1 - nu) / ((1 + nu) (1 - 2 nu)), C44 = E / (2 (1 + nu))."""
    wanted = {"stiffness[0][0]": np.ones(1), "stiffness[3][3]": np.zeros(1), "volume_fraction": np.ones(1)}
    found = ConditionMet(properties=Stiffness()).scores(layered(8), data, Facts(wanted=wanted))
    assert found["stiffness_0_0_error"].value == pytest.approx(0.7 / (1.3 * 0.4) - 1, rel=1e-3)
    assert found["stiffness_3_3_error"].value == pytest.approx(1 / 2.6, rel=1e-3)
    assert found["volume_fraction_error"].value == 0
    assert found["stiffness_0_0_error"].unit == Stiffness.units["stiffness"]


def test_what_is_not_computed_is_refused_by_name(data: Data) -> None:
    wanted = {"stiffness[0][0]": np.ones(1), "coordination": np.ones(1)}
    with pytest.raises(ZooError) as caught:
        ConditionMet().scores(layered(8), data, Facts(wanted=wanted))
    assert [problem.split("'")[1] for problem in caught.value.problems] == list(wanted)
    assert caught.value.problems[0].endswith("Computed: volume_fraction.")
    with pytest.raises(ZooError, match="tolerance 0 must be positive"):
        ConditionMet(0.0)


def test_without_a_condition_there_is_nothing_to_report(data: Data) -> None:
    evaluators = {"met": {"use": "condition-met"}}
    with pytest.warns(ZooWarning, match="met: nothing to report; no condition was given"):
        assert score_beside(layered(1, 2), data, evaluators).scores == {"met": {}}
    scored = score_beside(layered(1, 2), data, evaluators, wanted={"volume_fraction": np.full(2, 0.25)})
    assert scored.scores["met"]["volume_fraction_error"].value == 1 / 16
    assert scored.held_out == {"met": {}}


def test_kept_scores_are_of_what_was_wanted(data: Data) -> None:
    def path(wanted: dict[str, np.ndarray]) -> Path:
        return kept_path(Path("kept"), {"use": "condition-met"}, layered(1, 2), data, wanted=wanted)

    one, other = {"volume_fraction": np.array([0.25, 0.5])}, {"volume_fraction": np.array([0.25, np.nan])}
    assert len({path({}), path(one), path(other)}) == 3 and path(one) == path(one)


def test_a_run_under_a_condition_is_held_against_it(tmp_path: Path) -> None:
    changes = [
        "denoiser.conditions=[volume_fraction]",
        "generate.condition={volume_fraction: 0.3}",
        "generate.count=8",
        "evaluators={met: {use: condition-met}}",
    ]
    recipe = resolve("voxploer", "metashell", size="tiny", overrides=changes, folder=tmp_path)
    finished = run(recipe, Options(runs=tmp_path), ["zoo", "run"])
    found = json.loads(finished.scores.read_text())["scores"]["met"]["volume_fraction_error"]
    samples = read_samples(finished.samples)
    np.testing.assert_allclose(found["per_sample"], np.abs(samples.mean((1, 2, 3)) - 0.3), atol=1e-5)
