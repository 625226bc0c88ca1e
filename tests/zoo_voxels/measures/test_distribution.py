"""Scores of sets against plain loops, scipy, and cases whose answer is known."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from hypothesis import given, strategies as st

from zoo import jackknife
from zoo_voxels.measures import distribution as of

seeds = st.integers(0, 10_000)


def tables(seed: int, n: int = 7, m: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances within a set of n points, within one of m, and between them, of few different values."""
    points = np.random.default_rng(seed).integers(0, 5, (n + m, 2)).astype(float)
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    return distances[:n, :n], distances[n:, n:], distances[:n, n:]


@given(seeds)
def test_nearest_neighbour_accuracy_is_leave_one_out_classification(seed: int) -> None:
    one, other, between = tables(seed)
    whole = np.block([[one, between], [between.T, other]])
    right = []
    for i in range(14):
        same = min(whole[i, j] for j in range(14) if j != i and (j < 7) == (i < 7))
        different = min(whole[i, j] for j in range(14) if (j < 7) != (i < 7))
        right.append(float(same < different))
    assert of.nearest_neighbour_accuracy(one, other, between).tolist() == right


@given(seeds, st.integers(1, 4))
def test_balls_are_those_of_their_papers(seed: int, k: int) -> None:
    """Kynkäänniemi et al., equation 1; Naeem et al., equations 2 to 4: loops over points and their k-th neighbours."""
    _, known, between = tables(seed, 6, 8)
    radius = [sorted(known[j][i] for i in range(8) if i != j)[k - 1] for j in range(8)]
    assert of.radii(known, k).tolist() == radius
    inside = [[between[i, j] <= radius[j] for j in range(8)] for i in range(6)]
    assert of.precision(between, np.array(radius)).tolist() == [float(any(row)) for row in inside]
    assert of.density(between, np.array(radius), k).tolist() == [sum(row) / k for row in inside]
    assert of.coverage(between, np.array(radius)).tolist() == [float(any(row[j] for row in inside)) for j in range(8)]
    nearest = {min(range(8), key=lambda j: between[i, j]) for i in range(6)}
    assert of.matched(between).tolist() == [float(j in nearest) for j in range(8)]


@given(seeds, st.integers(2, 9), st.integers(1, 5))
def test_scores_without_each_are_those_of_the_smaller_set(seed: int, n: int, k: int) -> None:
    """Few different distances, so that many are equal."""
    generated, known, between = tables(seed, n, 6)
    radius = of.radii(known, k)
    for i in range(n):
        fewer, rest = np.delete(between, i, 0), np.delete(np.delete(generated, i, 0), i, 1)
        assert of.matched_without_each(between)[i] == pytest.approx(of.matched(fewer).mean())
        assert of.matching_distance_without_each(between)[i] == pytest.approx(fewer.min(0).mean())
        assert of.coverage_without_each(between, radius)[i] == pytest.approx(of.coverage(fewer, radius).mean())
        recall = of.precision(fewer.T, of.radii(rest, k)).mean()
        assert of.recall_without_each(generated, between, k)[i] == pytest.approx(recall)


@pytest.mark.parametrize("spread", [0.6, 0.8, 1.0])
def test_intervals_of_how_sets_compare_hold_the_mean_over_draws(spread: float) -> None:
    """Points of a normal law, of the same spread as the known ones or less; the mean is that of many draws."""
    rng = np.random.default_rng(0)
    known = rng.normal(0, 1, (60, 3))
    radius = of.radii(_distances(known, known), 3)
    values: list[list[float]] = []
    ends: list[list[tuple[float, float]]] = []
    for _ in range(150):
        points = rng.normal(0, spread, (50, 3))
        within, between = _distances(points, points), _distances(points, known)
        values.append(
            [
                of.matched(between).mean(),
                between.min(0).mean(),
                of.precision(between.T, of.radii(within, 3)).mean(),
                of.coverage(between, radius).mean(),
            ]
        )
        without = (
            of.matched_without_each(between),
            of.matching_distance_without_each(between),
            of.recall_without_each(within, between, 3),
            of.coverage_without_each(between, radius),
        )
        ends.append([jackknife(value, each) for value, each in zip(values[-1], without, strict=True)])
    truth = np.mean(values, axis=0)
    held = np.mean([[low <= t <= high for t, (low, high) in zip(truth, row, strict=True)] for row in ends], axis=0)
    assert held.min() > 0.9


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.linalg.norm(one[:, None] - other, axis=-1)


def test_copies_are_never_of_their_own_kind_and_strangers_always() -> None:
    points = np.random.default_rng(0).random((20, 3))
    distances = np.linalg.norm(points[:, None] - points, axis=-1)
    assert of.nearest_neighbour_accuracy(distances, distances, distances).mean() == 0
    assert of.nearest_neighbour_accuracy(distances, distances, distances + 5).mean() == 1


def test_a_thing_alone_has_no_ball() -> None:
    assert of.radii(np.zeros((1, 1)), 5).tolist() == [0]
    assert of.radii(np.array([[0.0, 2.0], [2.0, 0.0]]), 5).tolist() == [2, 2]


@given(seeds)
def test_copying_is_the_test_of_mann_and_whitney(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.random(30), rng.random(25) + 0.1
    theirs = scipy.stats.mannwhitneyu(one, other, use_continuity=False, method="asymptotic")
    assert 2 * scipy.stats.norm.sf(abs(of.copying(one, other))) == pytest.approx(theirs.pvalue)
    assert of.copying(one - 1, other) < -5 and of.copying(one + 2, other) > 5


def test_vendi_counts_what_differs() -> None:
    assert of.vendi(np.eye(7)) == pytest.approx(7)
    assert of.vendi(np.ones((7, 7))) == pytest.approx(1)
    some = np.exp(-tables(0, 9)[0])
    assert of.vendi(np.tile(some, (3, 3))) == pytest.approx(of.vendi(some))
    share = np.maximum(np.linalg.eigvals(some / 9).real, 0)
    assert of.vendi(some) == pytest.approx(np.exp(scipy.stats.entropy(share)))


@given(seeds)
def test_frechet_distance_is_its_formula(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(1, 2, (40, 3)), rng.normal(0, 1, (50, 3)) @ rng.normal(0, 1, (3, 3))
    a, b = one / other.std(0), other / other.std(0)
    first, second = np.cov(a.T, bias=True), np.cov(b.T, bias=True)
    root = scipy.linalg.sqrtm(first @ second).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root)
    assert of.frechet(one, other) == pytest.approx(expected, rel=1e-6)
    assert of.frechet(other, other) == pytest.approx(0, abs=1e-6)


@given(seeds, st.integers(2, 12), st.integers(1, 12))
def test_vendi_without_each_is_that_of_the_smaller_set(seed: int, n: int, different: int) -> None:
    """Things of few kinds too, whose similarity has no full rank."""
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 1, (different, 3))[rng.integers(0, different, n)]
    similarity = np.exp(-((points[:, None] - points) ** 2).sum(-1))
    expected = [of.vendi(np.delete(np.delete(similarity, i, 0), i, 1)) for i in range(n)]
    np.testing.assert_allclose(of.vendi_without_each(similarity), expected, rtol=1e-6)


@given(seeds, st.integers(2, 9))
def test_frechet_without_each_is_that_of_the_smaller_set(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(1, 2, (n, 3)), rng.normal(0, 1, (20, 3))
    expected = [of.frechet(np.delete(one, i, 0), other) for i in range(n)]
    np.testing.assert_allclose(of.frechet_without_each(one, other), expected, rtol=1e-6, atol=1e-9)


def test_vendi_intervals_cover_the_number_of_things_there_are() -> None:
    """Cells of five kinds, wholly unlike: the exponential of the entropy of the kinds. Where few pairs are alike,
    intervals are wide, never narrow."""
    rng = np.random.default_rng(0)

    def share_covered(chances: np.ndarray, n: int, truth: float, repeats: int) -> float:
        held = 0
        for _ in range(repeats):
            kind = rng.choice(len(chances), n, p=chances)
            same = (kind[:, None] == kind).astype(float)
            low, high = jackknife(np.log(of.vendi(same)), np.log(of.vendi_without_each(same)))
            held += low <= np.log(truth) <= high
        return held / repeats

    few = np.array([0.5, 0.25, 0.125, 0.0625, 0.0625])
    assert 0.9 < share_covered(few, 150, float(np.exp(scipy.stats.entropy(few))), 300) < 0.99
    many = np.full(200, 1 / 200)
    draws = [rng.integers(0, 200, 80) for _ in range(2000)]
    mean = np.mean([scipy.stats.entropy(np.unique(draw, return_counts=True)[1]) for draw in draws])
    assert share_covered(many, 80, float(np.exp(mean)), 200) > 0.95


@pytest.mark.parametrize(("gap", "spread"), [(0.0, 1.0), (0.5, 1.0), (-1.5, 1.0), (0.0, 0.1), (1.0, 4.0)])
def test_copying_intervals_cover_what_the_laws_say(gap: float, spread: float) -> None:
    """Two normal laws: the chance that a value of one is larger is known, and with it the mean of the score."""
    rng = np.random.default_rng(0)
    n, m = 60, 80
    chance = scipy.stats.norm.cdf(gap / np.hypot(1, spread))
    truth = (chance - 0.5) / np.sqrt((n + m + 1) / (12 * n * m))
    ends = [of.copying_interval(rng.normal(gap, spread, n), rng.normal(0, 1, m)) for _ in range(1000)]
    assert 0.93 < np.mean([low <= truth <= high for low, high in ends]) < 0.98


def test_copying_intervals_hold_the_score_and_are_no_points() -> None:
    for one, other in ((np.zeros(30), np.ones(40)), (np.ones(30), np.zeros(40)), (np.ones(3), np.ones(1))):
        low, high = of.copying_interval(one, other)
        assert low <= of.copying(one, other) <= high and high - low > 0.1


def test_frechet_intervals_cover_the_distance_of_the_laws() -> None:
    rng = np.random.default_rng(0)
    known = rng.normal(0, 1, (5000, 2))
    root, mean = np.array([[1.0, 0.3], [0.0, 0.5]]), np.array([0.7, -0.4])
    scale = known.std(0)
    other = np.cov(known.T / scale[:, None], bias=True)
    wide = root.T @ root / np.outer(scale, scale)
    gap = mean / scale - (known / scale).mean(0)
    truth = gap @ gap + np.trace(wide + other - 2 * scipy.linalg.sqrtm(wide @ other).real)
    held = []
    for _ in range(500):
        one = rng.normal(0, 1, (150, 2)) @ root + mean
        low, high = jackknife(of.frechet(one, known), of.frechet_without_each(one, known))
        held.append(low <= truth <= high)
    assert 0.92 < np.mean(held) < 0.98
