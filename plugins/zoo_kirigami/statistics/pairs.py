"""Dependence of a cut's rotation on its neighbour's: the two-dimensional histograms of figures 6 and 8."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from zoo_kirigami.cuts.geometry import base_angles

SHUFFLE_SEED = 0

BIN = 5.0
"""Width of a bin in degrees."""


def pair_histogram(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """Counts `[bins, bins]` of the rotations of a cut (first axis) and of its bottom neighbour, over patterns `[B, n,
    n]`.

    As in the paper, only cuts that are vertical in the base pattern come first. Bins of 5 degrees (or the
    nearest width that fits) span [-max_rotation, max_rotation].
    """
    bins = _bins(max_rotation)
    return np.bincount(pair_bins(angles, max_rotation).ravel(), minlength=bins**2).reshape(bins, bins)


def angle_histogram(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """Counts `[bins]` of the rotations of all cuts of patterns `[B, n, n]`, in the bins of `pair_histogram` (figure
    5b)."""
    return np.bincount(angle_bins(angles, max_rotation).ravel(), minlength=_bins(max_rotation))


def pair_bins(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """The bins `[B, P]` of the P pairs of each of the patterns `[B, n, n]` in `pair_histogram`, counted row by row."""
    each = angle_bins(angles, max_rotation).reshape(angles.shape)
    vertical = base_angles(angles.shape[-1]) == 0
    below = np.roll(each, -1, axis=1)
    return each[:, vertical] * _bins(max_rotation) + below[:, vertical]


def angle_bins(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """The bins `[B, n^2]` of the cuts of each of the patterns `[B, n, n]` in `angle_histogram`."""
    rotations = (angles - base_angles(angles.shape[-1])).reshape(len(angles), -1)
    edges = np.linspace(-max_rotation, max_rotation, _bins(max_rotation) + 1)
    # The last bin has both of its ends.
    return np.minimum(np.searchsorted(edges, rotations, "right") - 1, len(edges) - 2)


def _bins(max_rotation: float) -> int:
    return max(1, round(2 * max_rotation / BIN))


def shuffled(cells: NDArray[np.floating]) -> NDArray[np.floating]:
    """As many cells `[B, n, n]` whose every cut comes from its own place in a cell of its own: the dashed line of
    figure 7, which keeps how rotations spread and forgets how neighbours depend on each other. The same every time."""
    return np.random.default_rng(SHUFFLE_SEED).permuted(cells, axis=0)


def jensen_shannon(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Jensen-Shannon divergences [...] in bits, between 0 and 1, of histograms [..., *bins] and [*bins]."""
    bins = tuple(range(-second.ndim, 0))
    p, q = first / first.sum(bins, keepdims=True), second / second.sum()
    nats = entr((p + q) / 2).sum(bins) - (entr(p).sum(bins) + entr(q).sum()) / 2
    bits: NDArray[np.float64] = nats / np.log(2)
    return bits


def jensen_shannon_without_each(bins: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.float64]:
    """The divergences `[B]` from a histogram `known` of what lies in `bins` `[B, P]`, without each of its rows, two at
    least."""
    each = np.zeros((len(bins), known.size), np.int64)
    np.add.at(each, (np.arange(len(bins))[:, None], bins), 1)
    return jensen_shannon(each.sum(0) - each, known.ravel())
