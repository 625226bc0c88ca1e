"""Crossings of generated cuts, and the likeness of everything else to the data, as scores."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
from scipy.stats import wasserstein_distance

from zoo import Data, Evaluator, Facts, Score, jackknife
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.cuts.geometry import base_angles, crossing_pairs, crossings, order
from zoo_kirigami.cuts.symmetries import distances, to_nearest_other, to_nearest_other_without_each, vectors
from zoo_kirigami.statistics.pairs import (
    angle_bins,
    angle_histogram,
    jensen_shannon,
    jensen_shannon_without_each,
    pair_bins,
    pair_histogram,
    shuffled,
)
from zoo_kirigami.statistics.wasserstein import wasserstein_without_each

COMPARED = 64
"""Cells whose nearest patterns are searched for: each is compared with every training cell in all its copies."""

AT_LIMIT = 1e-3
"""Degrees from the end of the range at which a cut counts as having been clipped there."""

Of = Callable[[np.ndarray, float], np.ndarray]


class CutCrossings(Evaluator):
    """Crossings as in figures 5 and 7, with the paper's baseline, and how far the rest is from the training data.

    A model that stays near the base pattern, or that repeats a few cells, has few crossings and is of no use; other
    scores tell. Divergences of histograms depend on the number of cells, so no more cells are compared than are held
    out, and each stands beside its floor: what as many held-out cells score.

    The intervals of means over cells come from the bootstrap, those of scores that only a set has (divergences, the
    distance of orders, diversity) from the jackknife.
    """

    revision: ClassVar[int] = 2
    headline: ClassVar[tuple[str, ...]] = ("admissible_share", "pair_divergence", "novelty")

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        domain = reference.domain
        assert isinstance(domain, CutPattern)
        of_data = reference.facts
        train = of_data.once("train", reference.train.array)
        return {
            **_crossing_scores(generated, train, domain, of_data),
            **_divergence_scores(generated, train, reference.held_out.array(), domain, of_data),
            **_order_scores(generated, train, of_data),
            **_range_scores(generated, domain),
            **_distance_scores(generated, train, domain, of_data),
        }


def _crossing_scores(
    generated: np.ndarray, train: np.ndarray, domain: CutPattern, of_data: Facts
) -> Mapping[str, Score]:
    flags = crossing_pairs(generated, domain.cut_length)
    count = flags.sum((1, 2, 3))
    vertical = base_angles(generated.shape[-1]) == 0
    forbidden = flags[:, 1, vertical].mean(1, dtype=np.float64)
    return {
        "mean_intersections": Score.mean(
            count.astype(np.float64),
            f"Mean number of crossing pairs of cuts in a cell, of {4 * generated[0].size} pairs of neighbours.",
            higher_is_better=False,
        ),
        "admissible_share": Score.mean(100.0 * (count == 0), "Share of cells without any crossing.", unit="%"),
        "marginal_intersections": of_data.once(
            "marginal-intersections", lambda: _marginal_intersections(train, domain.cut_length)
        ),
        "forbidden_mass": Score.mean(
            100 * forbidden,
            "Share of the pairs of a base-vertical cut and its bottom neighbour that lie in the forbidden zone of "
            "figures 6 and 8: that cross.",
            unit="%",
            higher_is_better=False,
        ),
    }


def _marginal_intersections(train: np.ndarray, cut_length: float) -> Score:
    """The dashed line of figure 7: each cut is drawn from its own place in other training cells."""
    score = Score.mean(
        crossings(shuffled(train), cut_length).astype(np.float64),
        "mean_intersections of cells whose cuts are drawn independently from the training data: a model that does not "
        "stay below has learnt nothing about neighbours.",
        higher_is_better=False,
    )
    # These are not values of generated cells.
    return replace(score, per_sample=None)


def _divergence_scores(
    generated: np.ndarray, train: np.ndarray, held_out: np.ndarray, domain: CutPattern, of_data: Facts
) -> Mapping[str, Score]:
    count = min(len(generated), len(held_out))
    limit = domain.max_rotation
    kinds: dict[str, tuple[Of, Of, str]] = {
        "angle": (angle_bins, angle_histogram, "rotations of all cuts"),
        "pair": (pair_bins, pair_histogram, "rotations of a cut and its bottom neighbour"),
    }
    scores = {}
    for name, (bins, histogram, what) in kinds.items():
        training = of_data.once(f"train-{name}", partial(histogram, train, limit)).ravel()
        sets = {"divergence": generated[:count], "floor": held_out[:count]}
        words = {
            "divergence": f"in {count} generated cells and in the training data; compare with {name}_floor.",
            "floor": f"in {count} held-out cells and in the training data: what perfect samples score.",
        }
        for kind, cells in sets.items():
            scores[f"{name}_{kind}"] = _divergence(
                bins(cells, limit),
                training,
                f"Jensen-Shannon divergence (5 degree bins) between the {what} {words[kind]}",
            )
    return scores


def _divergence(bins: np.ndarray, known: np.ndarray, sentence: str) -> Score:
    value = float(jensen_shannon(np.bincount(bins.ravel(), minlength=len(known)), known))
    interval = None
    if len(bins) > 1:
        low, high = jackknife(value, jensen_shannon_without_each(bins, known))
        interval = max(low, 0.0), min(high, 1.0)
    return Score(value, sentence, unit="bits", higher_is_better=False, interval=interval)


def _order_scores(generated: np.ndarray, train: np.ndarray, of_data: Facts) -> Mapping[str, Score]:
    orders = order(generated).astype(np.float64)
    training = of_data.once("train-order", lambda: np.sort(order(train)))
    distance = float(wasserstein_distance(orders, training))
    interval = None
    if len(orders) > 1:
        low, high = jackknife(distance, wasserstein_without_each(orders, training))
        interval = max(low, 0.0), high
    return {
        "order": Score.mean(
            orders,
            "Mean over cuts of cos(2 rotation): 1 for the base pattern, 0 for cuts that have forgotten it.",
            higher_is_better=False,
        ),
        "order_distance": Score(
            distance,
            "Wasserstein-1 distance between generated and training cells in their order.",
            higher_is_better=False,
            interval=interval,
        ),
    }


def _range_scores(generated: np.ndarray, domain: CutPattern) -> Mapping[str, Score]:
    rotations = np.abs(generated - base_angles(generated.shape[-1]))
    clipped = 100 * (rotations > domain.max_rotation - AT_LIMIT) if domain.max_rotation < 90 else 0 * rotations
    return {
        "clipped_share": Score.mean(
            clipped.mean((1, 2)).astype(np.float64),
            "Share of cuts at the very end of their range, where what a model turns too far is clipped.",
            unit="%",
            higher_is_better=False,
        )
    }


def _distance_scores(
    generated: np.ndarray, train: np.ndarray, domain: CutPattern, of_data: Facts
) -> Mapping[str, Score]:
    chosen = vectors(generated[:COMPARED])
    any_direction = domain.max_rotation == 90
    others = of_data.once("train-vectors", lambda: vectors(train))
    scale = "0 is a copy, 0.7 has nothing to do with it"
    novelty = Score.mean(
        distances(chosen, others, any_direction=any_direction).min(1),
        f"Distance of a cell to the nearest training cell, but for the symmetries of the lattice: the root mean "
        f"square of sin d over cuts, d the angle between two ({scale}); mean of the first {len(chosen)} cells.",
    )
    scores = {"novelty": replace(novelty, per_sample=None)}
    if len(chosen) > 1:
        between = distances(chosen, chosen, any_direction=any_direction)
        value = float(to_nearest_other(between).mean())
        scores["diversity"] = Score(
            value,
            f"The same distance to the nearest other one of the first {len(chosen)} generated cells ({scale}).",
            interval=jackknife(value, to_nearest_other_without_each(between)) if len(chosen) > 2 else None,
        )
    return scores
