"""Mean, spread and confidence over seeds, against other libraries."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, strategies as st

from zoo.evals.aggregation import summarise, summarise_runs
from zoo.evals.results import Entry, Number

FINITE = st.floats(-1e3, 1e3)


@given(st.lists(FINITE, min_size=2, max_size=6))
def test_several_seeds(values: list[float]) -> None:
    found = summarise([Number(value=value, interval=(value - 1, value + 1)) for value in values])
    assert found is not None and found.interval is not None and found.seeds == len(values)
    assert found.mean == pytest.approx(np.mean(values), abs=1e-9)
    assert found.spread == pytest.approx(np.std(values, ddof=1), abs=1e-9)
    if found.spread and found.spread > 1e-6:
        low, high = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
        assert found.interval == pytest.approx((low, high), rel=1e-6, abs=1e-6)
    else:
        assert found.interval == pytest.approx((found.mean, found.mean), abs=1e-5)


@given(FINITE, st.none() | st.tuples(FINITE, FINITE))
def test_one_seed_says_nothing_of_spread(value: float, interval: tuple[float, float] | None) -> None:
    found = summarise([Number(value=value, interval=interval)])
    assert found is not None
    assert (found.mean, found.spread, found.interval, found.seeds) == (value, None, interval, 1)


def test_a_score_that_is_not_finite_has_no_mean() -> None:
    assert summarise([Number(value=1.0), Number(value=None)]) is None
    assert summarise([]) is None


@given(st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=4))
def test_only_scores_that_all_seeds_have_are_told(names: list[set[str]]) -> None:
    def entry(seed: int) -> Entry:
        scores = {"e": {name: Number(value=seed) for name in sorted(names[seed])}}
        return Entry(dataset="d", row="r", trivial=False, run="r/s", provenance={"seed": seed}, scores=scores)

    found = summarise_runs([entry(seed) for seed in range(len(names))])
    assert set(found) == {f"e.{name}" for name in set.intersection(*names)}
    assert all(summary.mean == pytest.approx((len(names) - 1) / 2) for summary in found.values())
