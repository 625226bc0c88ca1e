"""Scores are worked out once for the same structures, data and evaluator, and anew for any other."""

import json
from pathlib import Path

import numpy as np
import pytest

import zoo
from zoo.data.opening import Data, open_data
from zoo.scores.cache import read_kept_scores, write_kept_scores
from zoo.scores.scoring import evaluate

ROWS = {"use": "rows", "length": 8, "count": 40}
MEAN = {"mean": {"use": "mean"}}


@pytest.fixture
def data(toy: None, tmp_path: Path) -> Data:
    return open_data(ROWS, quiet=True, root=tmp_path)


def mean(structures: np.ndarray, data: Data, kept: Path, block: dict | None = None) -> float:
    [scores] = evaluate({"mean": block or {"use": "mean"}}, [structures], data, kept)
    return scores["mean"]["mean"].value


def test_what_is_kept_is_read_and_what_differs_is_not(data: Data, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    some = data.held_out.array()
    assert mean(some, data, kept) == some.mean()
    [path] = kept.iterdir()
    path.write_text(path.read_text().replace(json.dumps(float(some.mean())), "42.0"))
    assert mean(some, data, kept) == 42
    others = some[::-1]
    assert mean(others, data, kept) == others.mean()
    assert mean(some, data, kept, {"use": "mean", "digits": 4}) == some.mean()
    more = open_data(ROWS | {"count": 50}, quiet=True, root=tmp_path)
    assert mean(some, more, kept) == some.mean()
    assert len(list(kept.iterdir())) == 4
    path.write_text("{")
    assert mean(some, data, kept) == some.mean()
    assert mean(some, data, kept) == some.mean() != 42


def test_nothing_of_a_score_is_lost(tmp_path: Path) -> None:
    values = np.random.default_rng(0).random(7)
    scores = {
        "share": zoo.Score.mean(values, "Share of cells ≥ 1.", "%", higher_is_better=False),
        "whole": zoo.Score(float("nan"), "Not known."),
    }
    write_kept_scores(tmp_path / "a.json", scores)
    found = read_kept_scores(tmp_path / "a.json")
    assert found is not None and list(found) == list(scores)
    one, other = found["share"], scores["share"]
    np.testing.assert_array_equal(one.per_sample, other.per_sample)
    assert (one.value, one.sentence, one.unit, one.higher_is_better, one.interval) == (
        *(other.value, other.sentence, other.unit, other.higher_is_better),
        other.interval,
    )
    assert np.isnan(found["whole"].value) and found["whole"].per_sample is found["whole"].interval is None
    assert read_kept_scores(tmp_path / "none.json") is None
