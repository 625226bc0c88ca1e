"""How two sets of things compare, from the distances between them. Distances are 1 - IoU here; nothing depends on it.

Of a table `[A, B]`, rows are things of one set and columns of another, `generated` and `known` in the order of names.
"""

import numpy as np
import scipy.stats
from numpy.typing import NDArray

Values = NDArray[np.float64]


def nearest_neighbour_accuracy(generated: Values, known: Values, between: Values) -> Values:
    """1-NNA (Lopez-Paz & Oquab 2017; PointFlow, Yang et al. 2019): whether the nearest other thing is of the same set,
    for all things of two sets of n, `[2 n]`. One half on average if nothing tells the sets apart; of equally near
    things, one of the other set counts."""
    within = [_without_itself(generated).min(1), _without_itself(known).min(1)]
    other = [between.min(1), between.min(0)]
    return (np.concatenate(within) < np.concatenate(other)).astype(float)


def matched(between: Values) -> Values:
    """COV (Achlioptas et al. 2018): whether a known thing is the nearest of any generated one, `[K]`."""
    found = np.zeros(between.shape[1])
    found[between.argmin(1)] = 1
    return found


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
    """In how many balls of known things a generated one lies, over k (Naeem et al. 2020), `[G]`."""
    return (between <= known_radii).sum(1) / k


def coverage(between: Values, known_radii: Values) -> Values:
    """Whether there is a generated thing in the ball of a known one (Naeem et al. 2020), `[K]`."""
    return (between.min(0) <= known_radii).astype(float)


def vendi(similarity: Values) -> float:
    """Vendi score (Friedman & Dieng 2023): the effective number of different things, from 1 to n; the exponential of
    the entropy of the eigenvalues of a positive semidefinite similarity `[n, n]` with ones on its diagonal, over n."""
    eigenvalues = np.linalg.eigvalsh(similarity / len(similarity))
    positive = eigenvalues[eigenvalues > 1e-12]
    return float(np.exp(-(positive * np.log(positive)).sum()))


def copying(generated: Values, held_out: Values) -> float:
    """Z-score of the Mann-Whitney test of Meehan, Chaudhuri and Dasgupta (2020), over the whole set: are the distances
    of generated things to their nearest training thing, `[G]`, smaller (below 0) or larger (above 0) than those of
    held-out ones, `[H]`?"""
    n, m = len(generated), len(held_out)
    ranks = scipy.stats.rankdata(np.concatenate([generated, held_out]))
    wins = ranks[:n].sum() - n * (n + 1) / 2
    return float((wins - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12))


def frechet(one: Values, other: Values) -> float:
    """Fréchet distance (Dowson & Landau 1982), squared, of the Gaussians with the means and covariances of two tables
    of features `[A, F]` and `[B, F]`, in units of the spread of `other` along each feature."""
    spread = other.std(0)
    scale = np.where(spread > 0, spread, 1.0)
    first, second = one / scale, other / scale
    gap = first.mean(0) - second.mean(0)
    covariances = [np.atleast_2d(np.cov(table, rowvar=False, bias=True)) for table in (first, second)]
    values, vectors = np.linalg.eigh(covariances[0])
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    shared = np.linalg.eigvalsh(root @ covariances[1] @ root)
    return float(gap @ gap + sum(np.trace(c) for c in covariances) - 2 * np.sqrt(np.maximum(shared, 0)).sum())


def _without_itself(table: Values) -> Values:
    """Distances within a set, infinite from a thing to itself."""
    table = table.copy()
    np.fill_diagonal(table, np.inf)
    return table
