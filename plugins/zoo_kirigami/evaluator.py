"""How often cuts cross, and whether the rest looks like the data."""

from collections.abc import Mapping

import numpy as np
from scipy.stats import wasserstein_distance

from zoo import Evaluator, Facts, Reference, Score
from zoo_kirigami.dataset import order
from zoo_kirigami.domain import CutPattern
from zoo_kirigami.geometry import crossings
from zoo_kirigami.pairs import jensen_shannon, pair_histogram

MARGINAL_SEED = 0


class CutCrossings(Evaluator):
    """Crossings as in figures 5 and 7, with the paper's baseline, and two distances from the training data.

    A model that stays near the base pattern has few crossings and is of no use. The two distances tell: one compares
    pairs of neighbours (figures 6 and 8), the other the order of whole cells. The first depends on the number of cells,
    so it takes no more of them than there are held-out ones, whose own divergence is the floor.
    """

    def scores(self, generated: np.ndarray, reference: Reference, facts: Facts) -> Mapping[str, Score]:
        train = facts.once("train", reference.train.array)
        domain = reference.domain
        assert isinstance(domain, CutPattern)
        max_rotation, cut_length = domain.max_rotation, domain.cut_length
        pairs = facts.once("train-pairs", lambda: pair_histogram(train, max_rotation))
        compared = generated[: len(reference.held_out)]
        count = crossings(generated, cut_length)
        admissible = 100.0 * (count == 0)
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
                "marginal-intersections", lambda: _marginal_intersections(train, cut_length)
            ),
            "pair_divergence": Score(
                jensen_shannon(pair_histogram(compared, max_rotation), pairs),
                "Jensen-Shannon divergence (5 degree bins) between the rotations of a cut and its bottom neighbour "
                f"in {len(compared)} cells and in the training data; as many perfect samples do not score 0.",
                unit="bits",
                higher_is_better=False,
            ),
            "order_distance": Score(
                float(wasserstein_distance(order(generated), facts.once("train-order", lambda: order(train)))),
                "Wasserstein-1 distance between generated and training cells in their order, the mean over cuts of "
                "cos(2 rotation), 1 for the base pattern.",
                higher_is_better=False,
            ),
        }


def _marginal_intersections(train: np.ndarray, cut_length: float) -> Score:
    """The dashed line of figure 7: each cut is drawn from its own place in other training cells."""
    shuffled = np.random.default_rng(MARGINAL_SEED).permuted(train, axis=0)
    return Score(
        float(crossings(shuffled, cut_length).mean()),
        "mean_intersections of cells whose cuts are drawn independently from the training data: a model that does not "
        "stay below has learnt nothing about neighbours.",
        higher_is_better=False,
    )
