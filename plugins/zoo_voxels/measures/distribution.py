"""Comparison of two sets from the distances between their members. Distances are 1 - IoU here; nothing depends on it.

Of a table `[A, B]`, rows are things of one set and columns of another, `generated` and `known` in the order of names.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_DEVIATE = 1.959964
"""A normal variable is no farther from its mean than so many standard deviations, in 95 % of cases."""


def nearest_neighbour_accuracy(generated: Values, known: Values, between: Values) -> Values:
    """1-NNA (Lopez-Paz & Oquab 2017; PointFlow, Yang et al. 2019): whether the nearest other thing is of the same set,
    for all things of two sets of n, `[2 n]`. One half on average if nothing tells the sets apart; of equally near
    things, one of the other set counts."""
    within = [_without_itself(generated).min(1), _without_itself(known).min(1)]
    other = [between.min(1), between.min(0)]
    return (np.concatenate(within) < np.concatenate(other)).astype(float)


def matched(between: Values) -> Values:
    """COV (Achlioptas et al. 2018): whether a known thing is the nearest of any generated one, `[K]`."""
    matched = np.zeros(between.shape[1])
    matched[between.argmin(1)] = 1
    return matched


def radii(table: Values, k: int) -> Values:
    """Distance of each thing to its k-th nearest other one in the set, `[n]`; 0 if it is alone, and the farthest if
    there are fewer than k."""
    if len(table) == 1:
        return np.zeros(1)
    return np.sort(_without_itself(table), axis=1)[:, min(k, len(table) - 1) - 1]


def precision(between: Values, known_radii: Values) -> Values:
    """Whether a generated thing lies in the ball of any known one (Kynkäänniemi et al. 2019), `[G]`; a table turned
    over gives recall, `[K]`."""
    return (between <= known_radii).any(1).astype(float)


def density(between: Values, known_radii: Values, k: int) -> Values:
    """Number of balls of known things in which a generated one lies, over k (Naeem et al. 2020), `[G]`."""
    share: Values = (between <= known_radii).sum(1) / k
    return share


def coverage(between: Values, known_radii: Values) -> Values:
    """Whether there is a generated thing in the ball of a known one (Naeem et al. 2020), `[K]`."""
    covered: Values = (between.min(0) <= known_radii).astype(float)
    return covered


def matched_without_each(between: Values) -> Values:
    """The mean of `matched` without each of two generated things or more, `[G]`."""
    nearest = between.argmin(1)
    alone = np.bincount(nearest, minlength=between.shape[1])[nearest] == 1
    shares: Values = (len(np.unique(nearest)) - alone) / between.shape[1]
    return shares


def matching_distance_without_each(between: Values) -> Values:
    """The mean distance of known things to their nearest generated one, without each of two of these or more, `[G]`."""
    first, second = np.partition(between, 1, axis=0)[:2]
    more = np.bincount(between.argmin(0), second - first, minlength=len(between))
    means: Values = (first.sum() + more) / between.shape[1]
    return means


def coverage_without_each(between: Values, known_radii: Values) -> Values:
    """The mean of `coverage` without each of two generated things or more, `[G]`."""
    inside = between <= known_radii
    alone = inside & (inside.sum(0) == 1)
    shares: Values = (inside.any(0).sum() - alone.sum(1)) / between.shape[1]
    return shares


def recall_without_each(generated: Values, between: Values, k: int) -> Values:
    """The mean of recall, `precision` of the table turned over, without each of two generated things or more, `[G]`:
    the ball of any to whose k nearest it belonged grows to the next one."""
    count = len(generated)
    if count <= k + 1:
        rest = (np.delete(np.delete(generated, i, 0), i, 1) for i in range(count))
        return np.array([precision(np.delete(between, i, 0).T, radii(r, k)).mean() for i, r in enumerate(rest)])
    small, large = radii(generated, k)[:, None], radii(generated, k + 1)[:, None]
    inside = between <= small
    grown = (between <= large) & ~inside
    near = _without_itself(generated) <= small
    others = inside.sum(0) - inside > 0
    by_growth = near.T.astype(np.float32) @ grown.astype(np.float32) > 0
    shares: Values = (others | by_growth).mean(1)
    return shares


def vendi(similarity: Values) -> float:
    """Vendi score (Friedman & Dieng 2023): the effective number of different things, from 1 to n; the exponential of
    the entropy of the eigenvalues of a positive semidefinite similarity `[n, n]` with ones on its diagonal, over n."""
    eigenvalues = np.linalg.eigvalsh(similarity / len(similarity))
    positive = eigenvalues[eigenvalues > 1e-12]
    return float(np.exp(-(positive * np.log(positive)).sum()))


def vendi_without_each(similarity: Values) -> Values:
    """The Vendi score without each of n things, `[n]`, of n - 1 each, for two things or more.

    The trace of f(x) = x log x changes by an integral when a row and a column, with a one on the diagonal, are taken
    out of a matrix. With its eigenvalues m and the squares w of the thing's parts in the eigenvectors, it is that over
    t from 0 to infinity of sum(w m t / (m + t)^2) / sum(w t / (m + t)) - 1 / (1 + t): f is the integral of
    x / (1 + t) - x / (x + t), and the resolvent changes as by Sherman & Morrison (1950). The trapezoidal rule over
    log t, which converges exponentially, is exact to about 1e-8.
    """
    n = len(similarity)
    eigenvalues, vectors = np.linalg.eigh(similarity)
    eigenvalues = np.maximum(eigenvalues, 0)[:, None]
    t = np.exp(np.arange(-24.0, np.log(n) + 22))
    parts = vectors**2
    ratio = (parts @ (eigenvalues * t / (eigenvalues + t) ** 2)) / (parts @ (t / (eigenvalues + t)))
    positive = eigenvalues[eigenvalues > 0]
    trace = (positive * np.log(positive)).sum() + ((ratio - 1 / (1 + t)) * t).sum(1)
    score: Values = (n - 1) * np.exp(-trace / (n - 1))
    return score


def copying(generated: Values, held_out: Values) -> float:
    """Z-score of the Mann-Whitney test of Meehan, Chaudhuri and Dasgupta (2020), over the whole set: are the distances
    of generated things to their nearest training thing, `[G]`, smaller (below 0) or larger (above 0) than those of
    held-out ones, `[H]`?"""
    return float((_placements(generated, held_out).mean() - 0.5) / _error_if_alike(generated, held_out))


def copying_interval(generated: Values, held_out: Values) -> tuple[float, float]:
    """Where `copying` lies, with 95 % confidence, with other generated and other held-out things.

    The score stands for the chance that a generated distance is larger than a held-out one. Its variance is that of
    DeLong, DeLong and Clarke-Pearson (1988), from the ranks of one set in the other, and no more than the greatest one
    there is, as of min(G, H) throws of a coin (van Dantzig 1951). The interval is Wilson's (1927) for as many throws as
    have this variance, and so has some width where all distances of one set are the larger ones.
    """
    placements, theirs = _placements(generated, held_out), _placements(held_out, generated)
    least, chance = min(len(placements), len(theirs)), float(placements.mean())
    variance = 0.0 if least == 1 else placements.var(ddof=1) / len(placements) + theirs.var(ddof=1) / len(theirs)
    throws = max(least, chance * (1 - chance) / variance if variance > 0 else 0)
    scale = 1 + _DEVIATE**2 / throws
    centre = (chance + _DEVIATE**2 / (2 * throws)) / scale
    half = _DEVIATE * np.sqrt(chance * (1 - chance) / throws + (_DEVIATE / throws) ** 2 / 4) / scale
    error = _error_if_alike(generated, held_out)
    return float((centre - half - 0.5) / error), float((centre + half - 0.5) / error)


def _placements(some: Values, others: Values) -> Values:
    """The share of the others that each is larger than, equal ones half: `[n]`."""
    ordered = np.sort(others)
    below, up_to = np.searchsorted(ordered, some, "left"), np.searchsorted(ordered, some, "right")
    return (below + up_to) / (2 * len(others))


def _error_if_alike(one: Values, other: Values) -> float:
    """The standard error of the mean placement if both are of one law."""
    n, m = len(one), len(other)
    return float(np.sqrt((n + m + 1) / (12 * n * m)))


def frechet(one: Values, other: Values) -> float:
    """Fréchet distance (Dowson & Landau 1982), squared, of the Gaussians with the means and covariances of two tables
    of features `[A, F]` and `[B, F]`, in units of the spread of `other` along each feature."""
    first, second = _in_units_of(other, one), _in_units_of(other, other)
    return float(_of_gaussians(first.mean(0), _covariance(first), second))


def frechet_without_each(one: Values, other: Values) -> Values:
    """The same without each row of `one`, of two rows or more: `[A]`."""
    first, second = _in_units_of(other, one), _in_units_of(other, other)
    n = len(first)
    apart = first - first.mean(0)
    outer = apart[:, :, None] * apart[:, None, :]
    return _of_gaussians(
        first.mean(0) - apart / (n - 1), n / (n - 1) * _covariance(first) - n / (n - 1) ** 2 * outer, second
    )


def _in_units_of(table: Values, features: Values) -> Values:
    spread = table.std(0)
    return features / np.where(spread > 0, spread, 1.0)


def _covariance(features: Values) -> Values:
    return np.atleast_2d(np.cov(features, rowvar=False, bias=True))


def _of_gaussians(means: Values, covariances: Values, known: Values) -> Values:
    """For means `[…, F]` and covariances `[…, F, F]`, the distance from those of `known` `[B, F]`: `[…]`."""
    covariance = _covariance(known)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ covariances @ root), 0)).sum(-1)
    gap = ((means - known.mean(0)) ** 2).sum(-1)
    distance: Values = gap + np.trace(covariances, axis1=-2, axis2=-1) + np.trace(covariance) - 2 * shared
    return distance


def _without_itself(table: Values) -> Values:
    """Distances within a set, infinite from a thing to itself."""
    table = table.copy()
    np.fill_diagonal(table, np.inf)
    return table
