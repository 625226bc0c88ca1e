"""Intervals of scores against the normal law that they approach, and against how often they hold the truth."""

import numpy as np
import pytest
from scipy import stats

from zoo import Score, bootstrap, jackknife


def test_intervals_of_many_samples_are_those_of_the_normal_law() -> None:
    values = np.random.default_rng(0).normal(3, 2, 4000)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert bootstrap(values) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_intervals_hold_the_truth_in_nineteen_of_twenty_cases() -> None:
    rng = np.random.default_rng(1)
    held = [low <= 0.3 <= high for low, high in (bootstrap(rng.random(200) < 0.3) for _ in range(200))]
    assert stats.binomtest(sum(held), len(held), 0.95).pvalue > 0.01


def test_a_mean_has_its_values_and_its_interval() -> None:
    values = np.array([0.0, 1.0, 1.0, 1.0])
    score = Score.mean(values, "Share.", "%", higher_is_better=False)
    assert (score.value, score.unit, score.higher_is_better, score.interval) == (0.75, "%", False, bootstrap(values))
    assert score.per_sample is values


def test_equal_values_and_single_ones_leave_nothing_open() -> None:
    assert bootstrap(np.full(7, 0.1)) == pytest.approx((0.1, 0.1))
    assert bootstrap(np.array([0.4])) == (0.4, 0.4)


@pytest.mark.parametrize("likes", [100, 4000])
def test_intervals_of_how_many_are_the_first_of_their_like_hold_the_truth_more_often(likes: int) -> None:
    """Of 200 samples, each of one of so many kinds: a share 1 - (1 - 1/likes)^200 of the kinds is met."""
    rng = np.random.default_rng(2)
    expected = likes * (1 - (1 - 1 / likes) ** 200) / 200
    held = 0
    for _ in range(100):
        first = np.zeros(200)
        first[np.unique(rng.integers(likes, size=200), return_index=True)[1]] = 1
        low, high = bootstrap(first)
        held += low <= expected <= high
    assert held >= 90


def test_a_single_sample_has_no_interval() -> None:
    assert Score.mean(np.array([0.4]), "One.").interval is None


def test_the_jackknife_of_a_mean_is_its_t_interval() -> None:
    values = np.random.default_rng(3).normal(3, 2, 12)
    without = (values.sum() - values) / 11
    expected = stats.t.interval(0.95, 11, values.mean(), stats.sem(values))
    assert jackknife(float(values.mean()), without) == pytest.approx(expected)
