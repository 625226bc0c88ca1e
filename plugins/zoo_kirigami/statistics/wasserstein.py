"""Influence of each sample on a Wasserstein distance."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def wasserstein_without_each(values: Values, known: Values) -> Values:
    """The Wasserstein-1 distances `[V]` between `known` values `[K]` and `values` `[V]` without each of them, of two or
    more.

    The distance is the area between the two distribution functions. Without a value, that of the others has one step
    less from there on: both areas, left and right of each place, are sums from an end.
    """
    count = len(values)
    places = np.sort(np.concatenate([values, known]))
    width = np.diff(places)
    below = np.searchsorted(np.sort(values), places[:-1], "right")
    other = np.searchsorted(np.sort(known), places[:-1], "right") / len(known)
    left = np.append(0, np.cumsum(width * np.abs(below / (count - 1) - other)))
    right = np.append(0, np.cumsum(width * np.abs((below - 1) / (count - 1) - other)))
    at = np.searchsorted(places, values)
    distances: Values = left[at] + right[-1] - right[at]
    return distances
