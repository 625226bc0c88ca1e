"""Two runs, score by score."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st
from typer.testing import CliRunner

from zoo import Score, ZooError
from zoo.cli.app import app
from zoo.evals.comparing import compare_runs, difference_interval
from zoo.recipes import resolve
from zoo.runs.run import Options, run


def measured(value: float, interval: tuple[float, float] | None) -> Score:
    return Score(value=value, sentence="", unit="", higher_is_better=True, interval=interval)


@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 5), st.floats(0, 5))
def test_symmetric_intervals_add_as_standard_errors_do(a: float, b: float, s: float, t: float) -> None:
    found = difference_interval(measured(a, (a - s, a + s)), measured(b, (b - t, b + t)))
    assert found == pytest.approx((b - a - np.hypot(s, t), b - a + np.hypot(s, t)), abs=1e-9)


def test_the_interval_covers_the_difference_of_means_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(2000):
        first, second = rng.normal(1.0, 1.0, 60), rng.normal(1.3, 3.0, 40)
        ends = [(x.mean(), 1.96 * x.std(ddof=1) / len(x) ** 0.5) for x in (first, second)]
        found = difference_interval(*(measured(m, (m - h, m + h)) for m, h in ends))
        assert found is not None
        covered += found[0] <= 0.3 <= found[1]
    assert 0.93 < covered / 2000 < 0.965


def test_without_intervals_nothing_is_said() -> None:
    assert difference_interval(measured(0.0, None), measured(1.0, (0.0, 2.0))) is None


@pytest.fixture
def first(tmp_path: Path) -> Path:
    recipe = resolve("trivial-training", "metashell", size="tiny", folder=tmp_path)
    return run(recipe, Options(runs=tmp_path / "runs", name="first"), ["zoo"]).path


def test_copies_are_less_diverse_and_just_as_whole(first: Path, tmp_path: Path) -> None:
    second = shutil.copytree(first, tmp_path / "second")
    scores = json.loads((second / "scores.json").read_text())
    scores["scores"]["paper"]["novelty"] |= {"value": 0.5, "interval": [0.4, 0.6]}
    scores["scores"]["new"]["trapped_void"] |= {"value": 0.9, "interval": [0.8, 0.95]}
    scores["scores"]["new"]["valid"] |= {"interval": None}
    scores["provenance"]["seed"] = 7
    (second / "scores.json").write_text(json.dumps(scores))
    found = compare_runs(first, second)
    verdicts = {each.score: each.verdict for each in found.differences}
    assert verdicts["paper.novelty"] == "better" and verdicts["new.trapped_void"] == "worse"
    assert verdicts["paper.quality"] == "not told apart" and verdicts["new.valid"] == ""
    assert found.apart == {"seed": (0, 7)}
    done = CliRunner().invoke(app, ["evals", "compare", str(first), str(second)])
    assert done.exit_code == 0
    [line] = [line for line in done.output.splitlines() if line.startswith("paper.novelty ")]
    assert line.split()[1:4] == ["0.000", "0.500", "0.500"] and line.endswith("better")
    with pytest.raises(ZooError) as caught:
        compare_runs(tmp_path / "a", tmp_path / "b")
    assert len(caught.value.problems) == 2
