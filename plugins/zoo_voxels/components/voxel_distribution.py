"""Likeness of generated cells, as a set, to training cells, and copying."""

from collections.abc import Mapping

import numpy as np

from zoo import Data, Evaluator, Facts, Score, ZooError, bootstrap, jackknife, require_memory
from zoo_voxels.likeness.neighbours import nearest_together, overlaps, pack
from zoo_voxels.measures import distribution
from zoo_voxels.measures.checking import cells_of
from zoo_voxels.measures.physics import features
from zoo_voxels.measures.typicality import SAMPLE, some_training, training_features

MIN_CELLS = 100
"""Lower limit on the training cells that represent the rest, if there are so many."""


_TABLES = 10
"""Tables of all pairs, of 8 bytes each, that are in memory at the same time (measured)."""


class VoxelDistribution(Evaluator):
    """Scores of the whole set, on distances 1 - IoU and on physical features, see `distribution` and `physics`.

    Generated cells are compared with as many training cells, drawn once in random orientations, at least 100 of them
    if there are so many. Training cells are taken, not held-out ones, so that held-out cells can stand beside
    generated ones: their scores are what real cells reach. Copies of training cells reach that too; what gives them
    away is `copying`, which compares distances to training cells with those of held-out cells. `neighbours` is the k
    of precision, recall, density and coverage. ZooError if it is below 1.

    Intervals are of the chance of drawing generated cells: where a score is the mean over training cells, which all
    depend on all generated ones, by the jackknife.
    """

    revision = 4

    def __init__(self, neighbours: int = 5) -> None:
        if neighbours < 1:
            raise ZooError(f"voxel-distribution: neighbours {neighbours} is less than 1")
        self.neighbours = neighbours

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`; of one alone only those that each cell has. ZooError if they are none,
        see `checking.cells_of`."""
        cells = cells_of("voxel-distribution", generated, reference)
        packed, train = pack(cells), reference.train.packed()
        count = max(len(cells), MIN_CELLS)
        what = f"voxel-distribution: to compare {len(cells):,} cells with each other"
        require_memory(8 * _TABLES * count**2, what, "score fewer, or leave this evaluator out.")
        training = np.asarray(train[some_training(reference.train, count)])
        within = 1 - facts.once("overlaps", lambda: overlaps(packed, packed))
        among = 1 - overlaps(training, training)
        between = 1 - overlaps(packed, training)
        k = min(self.neighbours, max(len(training) - 1, 1))
        own_radii = distribution.radii(within, k)
        known_radii = distribution.radii(among, k)
        to_train = 1 - facts.once("nearest-iou", lambda: nearest_together(packed, train))[1]
        from_held_out = reference.facts.once("held-out-nearest-iou", lambda: _from_training(reference))
        physical = facts.once("physical-features", lambda: features(cells))
        n = min(len(cells), len(training))
        own_kind = distribution.nearest_neighbour_accuracy(within[:n, :n], among[:n, :n], between[:n, :n])
        values = {
            "nearest_neighbour_accuracy": own_kind,
            "own_kind_nearest": own_kind[:n],
            "matched": distribution.matched(between),
            "minimum_matching_distance": between.min(0),
            "precision": distribution.precision(between, known_radii),
            "recall": distribution.precision(between.T, own_radii),
            "density": distribution.density(between, known_radii, k),
            "coverage": distribution.coverage(between, known_radii),
        }
        if len(cells) == 1:
            return {name: self._mean(name, values[name], None) for name in _OF_ONE}
        without_each = {
            "matched": distribution.matched_without_each(between),
            "minimum_matching_distance": distribution.matching_distance_without_each(between),
            "recall": distribution.recall_without_each(within, between, k),
            "coverage": distribution.coverage_without_each(between, known_radii),
        }
        intervals = {name: bootstrap(values[name]) for name in values if name not in without_each}
        intervals |= {name: _within_one(jackknife(values[name].mean(), each)) for name, each in without_each.items()}
        means = {name: self._mean(name, values[name], intervals[name]) for name in values}
        known_features = training_features(reference, count)
        return means | {
            "vendi": _whole("vendi", distribution.vendi(1 - within), _vendi_interval(1 - within), unit="cells"),
            "copying": _whole(
                "copying",
                distribution.copying(to_train, from_held_out),
                distribution.copying_interval(to_train, from_held_out),
            ),
            "physical_distance": _whole(
                "physical_distance",
                distribution.frechet(physical, known_features),
                _frechet_interval(physical, known_features),
            ),
        }

    def _mean(self, name: str, values: np.ndarray, interval: tuple[float, float] | None) -> Score:
        # Most values belong to known cells, or to both: the report shows values of generated cells only.
        per_sample = values if name in _OF_ONE else None
        sentence = _SENTENCES[name].format(k=self.neighbours)
        return Score(float(values.mean()), sentence, per_sample, interval=interval, higher_is_better=name not in _LOWER)


_OF_ONE = ("precision", "density")
_LOWER = ("nearest_neighbour_accuracy", "own_kind_nearest", "minimum_matching_distance", "physical_distance")

_SENTENCES = {
    "nearest_neighbour_accuracy": (
        "1-NNA: how often the nearest other cell, by IoU, of generated and as many training cells is of the same kind. "
        "0.5 is perfect: nothing tells them apart. Below, cells are copies. Read it with its half, own kind nearest."
    ),
    "own_kind_nearest": (
        "The half of 1-NNA that is about generated cells, whose errors may hide behind those of the other half; 0.5 is "
        "perfect, 0 means that every cell is nearer to some training cell than to any generated one, as noise is."
    ),
    "matched": "COV: share of training cells that are the nearest of some generated one; real cells reach about 0.5.",
    "minimum_matching_distance": "MMD: mean of 1 - IoU of a training cell with the nearest generated one.",
    "precision": "Share of cells that are no farther from some training cell than its {k}-th nearest other one.",
    "recall": "Share of training cells that are no farther from some cell than its {k}-th nearest other one.",
    "density": "Mean number of such training cells around a cell, over {k}; 1 for real cells, and more for timid ones.",
    "coverage": "Share of training cells with a generated one no farther than their {k}-th nearest other one.",
    "vendi": "Vendi score: the effective number of different cells, by IoU; grows with the number of cells.",
    "copying": (
        "Meehan's test of copying: z-score of whether generated cells are farther from their nearest training cells "
        "than held-out cells are. 0 is what new real cells have; below -3 the model copies."
    ),
    "physical_distance": (
        "Fréchet distance, squared, between the distributions of volume fraction, surface, mean breadth, Euler number "
        "and two-point correlation of generated and training cells, each in units of its spread."
    ),
}


def _whole(name: str, value: float, interval: tuple[float, float], unit: str = "") -> Score:
    """A score that only the set has."""
    return Score(value, _SENTENCES[name], unit=unit, interval=interval, higher_is_better=name not in _LOWER)


def _within_one(interval: tuple[float, float]) -> tuple[float, float]:
    return max(interval[0], 0.0), min(interval[1], 1.0)


def _vendi_interval(similarity: np.ndarray) -> tuple[float, float]:
    """Interval by the jackknife of the score's logarithm, an entropy; there are 1 to n different things among n."""
    value, most = distribution.vendi(similarity), float(len(similarity))
    low, high = jackknife(float(np.log(value)), np.log(distribution.vendi_without_each(similarity)))
    return min(max(float(np.exp(low)), 1.0), value), max(min(float(np.exp(high)), most), value)


def _frechet_interval(mine: np.ndarray, known: np.ndarray) -> tuple[float, float]:
    low, high = jackknife(distribution.frechet(mine, known), distribution.frechet_without_each(mine, known))
    return max(low, 0.0), high


def _from_training(reference: Data) -> np.ndarray:
    """Distance of held-out cells to their nearest training cells, of so many as represent the rest."""
    distances: np.ndarray = 1 - nearest_together(reference.held_out.packed()[:SAMPLE], reference.train.packed())[1]
    return distances
