"""How often cuts cross, and whether the rest looks like the data."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from scipy.stats import wasserstein_distance

from zoo import Evaluator, Facts, Reference, Score
from zoo_kirigami.domain import CutPattern
from zoo_kirigami.geometry import base_angles, crossing_pairs, crossings, order
from zoo_kirigami.pairs import angle_histogram, jensen_shannon, pair_histogram, shuffled
from zoo_kirigami.symmetries import nearest, vectors

COMPARED = 64
"""Cells whose nearest patterns are searched for: each is compared with every training cell in all its copies."""

AT_LIMIT = 1e-3
"""Degrees from the end of the range at which a cut counts as having been clipped there."""

Histogram = Callable[[np.ndarray, float], np.ndarray]


class CutCrossings(Evaluator):
    """Crossings as in figures 5 and 7, with the paper's baseline, and how far the rest is from the training data.

    A model that stays near the base pattern, or that repeats a few cells, has few crossings and is of no use; other
    scores tell. Divergences of histograms depend on the number of cells, so no more cells are compared than are held
    out, and each stands beside its floor: what as many held-out cells score.
    """

    def scores(self, generated: np.ndarray, reference: Reference, facts: Facts) -> Mapping[str, Score]:
        domain = reference.domain
        assert isinstance(domain, CutPattern)
        train = facts.once("train", reference.train.array)
        return {
            **_crossing_scores(generated, train, domain, facts),
            **_divergence_scores(generated, train, reference.held_out.array(), domain, facts),
            **_order_scores(generated, train, facts),
            **_range_scores(generated, domain),
            **_distance_scores(generated, train, domain, facts),
        }


def _crossing_scores(generated: np.ndarray, train: np.ndarray, domain: CutPattern, facts: Facts) -> Mapping[str, Score]:
    flags = crossing_pairs(generated, domain.cut_length)
    count = flags.sum((1, 2, 3))
    admissible = 100.0 * (count == 0)
    vertical = base_angles(generated.shape[-1]) == 0
    return {
        "mean_intersections": Score(
            float(count.mean()),
            f"Mean number of crossing pairs of cuts in a cell, of {4 * generated[0].size} pairs of neighbours.",
            count.astype(np.float64),
            higher_is_better=False,
        ),
        "admissible_share": Score(
            float(admissible.mean()), "Share of cells without any crossing.", admissible, unit="%"
        ),
        "marginal_intersections": facts.once(
            "marginal-intersections", lambda: _marginal_intersections(train, domain.cut_length)
        ),
        "forbidden_mass": Score(
            float(100 * flags[:, 1, vertical].mean()),
            "Share of the pairs of a base-vertical cut and its bottom neighbour that lie in the forbidden zone of "
            "figures 6 and 8: that cross.",
            unit="%",
            higher_is_better=False,
        ),
    }


def _marginal_intersections(train: np.ndarray, cut_length: float) -> Score:
    """The dashed line of figure 7: each cut is drawn from its own place in other training cells."""
    return Score(
        float(crossings(shuffled(train), cut_length).mean()),
        "mean_intersections of cells whose cuts are drawn independently from the training data: a model that does not "
        "stay below has learnt nothing about neighbours.",
        higher_is_better=False,
    )


def _divergence_scores(
    generated: np.ndarray, train: np.ndarray, held_out: np.ndarray, domain: CutPattern, facts: Facts
) -> Mapping[str, Score]:
    count = min(len(generated), len(held_out))
    histograms: dict[str, tuple[Histogram, str]] = {
        "angle": (angle_histogram, "rotations of all cuts"),
        "pair": (pair_histogram, "rotations of a cut and its bottom neighbour"),
    }
    found = {}
    for name, (histogram, what) in histograms.items():
        known = facts.once(f"train-{name}", partial(histogram, train, domain.max_rotation))
        sets = {"divergence": generated[:count], "floor": held_out[:count]}
        words = {
            "divergence": f"in {count} generated cells and in the training data; compare with {name}_floor.",
            "floor": f"in {count} held-out cells and in the training data: what perfect samples score.",
        }
        for kind, cells in sets.items():
            found[f"{name}_{kind}"] = Score(
                jensen_shannon(histogram(cells, domain.max_rotation), known),
                f"Jensen-Shannon divergence (5 degree bins) between the {what} {words[kind]}",
                unit="bits",
                higher_is_better=False,
            )
    return found


def _order_scores(generated: np.ndarray, train: np.ndarray, facts: Facts) -> Mapping[str, Score]:
    found = order(generated)
    return {
        "order": Score(
            float(found.mean()),
            "Mean over cuts of cos(2 rotation): 1 for the base pattern, 0 for cuts that have forgotten it.",
            found.astype(np.float64),
            higher_is_better=False,
        ),
        "order_distance": Score(
            float(wasserstein_distance(found, facts.once("train-order", lambda: order(train)))),
            "Wasserstein-1 distance between generated and training cells in their order.",
            higher_is_better=False,
        ),
    }


def _range_scores(generated: np.ndarray, domain: CutPattern) -> Mapping[str, Score]:
    rotations = np.abs(generated - base_angles(generated.shape[-1]))
    clipped = 100 * (rotations > domain.max_rotation - AT_LIMIT) if domain.max_rotation < 90 else 0 * rotations
    return {
        "clipped_share": Score(
            float(clipped.mean()),
            "Share of cuts at the very end of their range, where what a model turns too far is clipped.",
            clipped.mean((1, 2)).astype(np.float64),
            unit="%",
            higher_is_better=False,
        )
    }


def _distance_scores(generated: np.ndarray, train: np.ndarray, domain: CutPattern, facts: Facts) -> Mapping[str, Score]:
    chosen = vectors(generated[:COMPARED])
    any_direction = domain.max_rotation == 90
    others = facts.once("train-vectors", lambda: vectors(train))
    scale = "0 is a copy, 0.7 has nothing to do with it"
    found = {
        "novelty": Score(
            float(nearest(chosen, others, any_direction=any_direction).mean()),
            f"Distance of a cell to the nearest training cell, but for the symmetries of the lattice: the root mean "
            f"square of sin d over cuts, d the angle between two ({scale}); mean of the first {len(chosen)} cells.",
        )
    }
    if len(chosen) > 1:
        found["diversity"] = Score(
            float(nearest(chosen, chosen, any_direction=any_direction, same=True).mean()),
            f"The same distance to the nearest other one of the first {len(chosen)} generated cells ({scale}).",
        )
    return found
