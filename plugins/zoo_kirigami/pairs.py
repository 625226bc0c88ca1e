"""How a cut's rotation depends on its neighbour's: the two-dimensional histograms of figures 6 and 8."""

import numpy as np
from numpy.typing import NDArray

from zoo_kirigami.geometry import base_angles

SHUFFLE_SEED = 0

BIN = 5.0
"""Width of a bin in degrees."""


def pair_histogram(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """Counts [bins, bins] of the rotations of a cut (first axis) and of its bottom neighbour, over patterns [B, n, n].

    As in the paper, only cuts that are vertical in the base pattern come first. Bins of 5 degrees (or the
    nearest width that fits) span [-max_rotation, max_rotation].
    """
    base = base_angles(angles.shape[-1])
    rotations = angles - base
    below = np.roll(rotations, -1, axis=1)
    vertical = base == 0
    bins = max(1, round(2 * max_rotation / BIN))
    counts, _, _ = np.histogram2d(
        rotations[:, vertical].ravel(),
        below[:, vertical].ravel(),
        bins=bins,
        range=[(-max_rotation, max_rotation)] * 2,
    )
    return counts.astype(np.int64)


def angle_histogram(angles: NDArray[np.floating], max_rotation: float) -> NDArray[np.int64]:
    """Counts [bins] of the rotations of all cuts of patterns [B, n, n], in the bins of `pair_histogram` (figure 5b)."""
    rotations = angles - base_angles(angles.shape[-1])
    bins = max(1, round(2 * max_rotation / BIN))
    counts, _ = np.histogram(rotations, bins, (-max_rotation, max_rotation))
    return counts.astype(np.int64)


def shuffled(cells: NDArray[np.floating]) -> NDArray[np.floating]:
    """As many cells [B, n, n] whose every cut comes from its own place in a cell of its own: the dashed line of figure
    7, which keeps how rotations spread and forgets how neighbours depend on each other. The same every time."""
    return np.random.default_rng(SHUFFLE_SEED).permuted(cells, axis=0)


def jensen_shannon(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Jensen-Shannon divergence of two histograms in bits, between 0 and 1."""
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2
    return _entropy(middle) - (_entropy(p) + _entropy(q)) / 2


def _entropy(p: NDArray[np.float64]) -> float:
    """Bits."""
    positive = p[p > 0]
    return float(-(positive * np.log2(positive)).sum())
