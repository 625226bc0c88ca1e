"""Typicality: whether cells have the physics of the data, which a cell new to the eye may lack.

A cell is typical if its physical features (`physics.features`) are no farther from those of training cells than those
of 95 % of held-out cells are. The distance is that to the fifth nearest of 1,000 training cells, each feature in units
of its spread: the ball of a training cell's neighbours, as in precision (Kynkäänniemi et al. 2019), grown until it
takes in real cells it has not seen. The limit is that of split conformal prediction (Vovk et al. 2005; as a test for
outliers, Bates et al. 2023): of new cells of the data's own law, 95 % at least are typical, however features lie.
"""

import math

import numpy as np
from numpy.typing import NDArray

from zoo import Data, Split
from zoo_voxels.likeness.likest import unpacked
from zoo_voxels.measures.physics import features

SAMPLE = 1000
"""Number of training cells, and of held-out ones, that stand for the rest."""
SHARE = 0.95
MIN_HELD_OUT = 80
"""Held-out cells below which typicality is not told. The share that the limit lets through is of a Beta distribution,
whose spread is 2.4 % for 80 cells; for fewer than 19 there is no limit at all."""
NEIGHBOUR = 5

Values = NDArray[np.float64]


def typical(mine: Values, reference: Data) -> NDArray[np.bool_]:
    """Whether cells with these features `[n, F]` are typical, `[n]`."""
    training, limit = reference.facts.once("typical", lambda: _calibrated(reference))
    near: NDArray[np.bool_] = _distances(mine, training) <= limit
    return near


def training_features(reference: Data, count: int) -> Values:
    """Features of `count` training cells, or of all there are, drawn once: `[count, F]`."""
    drawn = some_training(reference.train, count)
    return _features(reference, f"training features {count}", np.asarray(reference.train.packed()[drawn]))


def some_training(train: Split, count: int) -> NDArray[np.int64]:
    """Indices of `count` training structures, or of all there are, each in one of its orientations: the same every
    time, in random order."""
    rng = np.random.default_rng(0)
    copies = np.diff(np.append(train.originals, len(train)))
    chosen = rng.permutation(len(copies))[:count]
    indices: NDArray[np.int64] = train.originals[chosen] + rng.integers(copies[chosen])
    return indices


def _calibrated(reference: Data) -> tuple[Values, float]:
    training = training_features(reference, SAMPLE)
    held_out = _features(reference, "held-out features", np.asarray(reference.held_out.packed()[:SAMPLE]))
    place = math.ceil((len(held_out) + 1) * SHARE) - 1
    ordered = np.append(np.sort(_distances(held_out, training)), np.inf)
    return training, float(ordered[min(place, len(held_out))])


def _features(reference: Data, name: str, packed: NDArray[np.uint8]) -> Values:
    physical: Values = reference.facts.once(name, lambda: features(unpacked(packed, reference.domain.structure.shape)))
    return physical


def _distances(some: Values, known: Values) -> Values:
    """Distances to the `NEIGHBOUR`-th nearest of the known ones, in units of their spread."""
    spread = known.std(0)
    scale, centre = np.where(spread > 0, spread, 1.0), known.mean(0)
    first, second = (some - centre) / scale, (known - centre) / scale
    square = (first**2).sum(1)[:, None] + (second**2).sum(1) - 2 * first @ second.T
    rank = min(NEIGHBOUR, len(known)) - 1
    return np.sqrt(np.maximum(np.partition(square, rank, axis=1)[:, rank], 0))
