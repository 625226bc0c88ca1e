"""Scores of sets against plain loops, scipy, and cases whose answer is known."""

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from zoo_voxels import distribution as of

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
