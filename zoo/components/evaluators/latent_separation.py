"""How far valid and invalid structures lie apart in latent space: table 2 of the VOXPLOER paper as a number."""

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

from zoo import Data, Evaluator, Facts, Score, bootstrap

PENALTIES = 10.0 ** np.arange(-4, 5)
"""Ridge penalties to choose from, per row and in units of the variance of a standardised dimension."""


class LatentSeparation(Evaluator):
    """The area under the ROC curve of a linear probe between latents of held-out structures and of invalid ones.

    The paper shows latents in the plane of their two principal components, and says of what it sees there that valid
    and invalid ones are well separated. Here all dimensions count, and what is not in the training data: the probe is a
    ridge regression on standardised latents, fitted on every other structure and scored on those between, then the
    other way round, a structure and what was made of it always on one side. Its penalty is the one of least error when
    such a pair is left out, so that more dimensions than structures do not make separation perfect.

    It is a score of the encoder, whatever the sampler. Models without a latent space have none. The negatives are those
    of the recipe, or those that the domain names where it has none. The interval is of other held-out structures under
    the same probes (DeLong's placements, resampled in pairs); that they would fit other probes is not in it.
    """

    headline = ("separation",)
    needs_latents = True

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        assert facts.latents is not None
        values = placements(facts.latents["positive"], facts.latents["negative"])
        low, high = np.clip(bootstrap(values), 0.0, 1.0).tolist()
        sentence = (
            "Area under the ROC curve of a linear probe that tells the latents of held-out structures from those of "
            "invalid ones made of them, in all dimensions, fitted on one half and scored on the other; 0.5 is chance. "
            "It depends on the encoder and not on the sampler."
        )
        return {"separation": Score(float(values.mean()), sentence, interval=(low, high))}


def placements(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """What each pair `[m]` of rows of two `[m, z]` arrays contributes to the cross-fitted area, which is the mean."""
    halves = (slice(0, None, 2), slice(1, None, 2))
    values = np.empty(len(positive))
    for half, other in (halves, halves[::-1]):
        direction = probe(positive[half], negative[half])
        values[other] = _contributions(positive[other] @ direction, negative[other] @ direction)
    return values


def probe(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """The direction `[z]` in which a ridge regression tells two paired sets `[k, z]` apart, with the penalty of least
    error when each pair is left out."""
    rows = np.concatenate([positive, negative])
    spread = rows.std(0)
    scale = np.where(spread > 1e-12 * spread.max(), spread, np.inf)
    left, singular, right = np.linalg.svd((rows - rows.mean(0)) / scale, full_matrices=False)
    wanted = np.repeat([1.0, -1.0], len(positive))
    best, chosen = np.inf, np.zeros(len(singular))
    for penalty in PENALTIES * len(rows):
        kept = singular**2 / (singular**2 + penalty)
        error = _error_without_pairs(left, kept, wanted)
        if error < best:
            best, chosen = error, singular / (singular**2 + penalty)
    direction: np.ndarray = right.T @ (chosen * (left.T @ wanted)) / scale
    return direction


def _error_without_pairs(left: np.ndarray, kept: np.ndarray, wanted: np.ndarray) -> float:
    """The mean square error for rows i and k + i of a regression without them, from that with all rows: with H its
    hat matrix, those two residuals times the inverse of the 2 x 2 block of 1 - H."""
    count = len(wanted) // 2
    first, second = left[:count], left[count:]
    residual = wanted - left @ (kept * (left.T @ wanted))
    a = 1 - 1 / len(wanted) - first**2 @ kept
    b = -1 / len(wanted) - (first * second) @ kept
    d = 1 - 1 / len(wanted) - second**2 @ kept
    p, q = residual[:count], residual[count:]
    determinant = np.maximum(a * d - b * b, 1e-12)
    return float((((d * p - b * q) / determinant) ** 2 + ((a * q - b * p) / determinant) ** 2).mean())


def _contributions(positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """The share of the other class on its wrong side, by which each row of a pair adds to the area (DeLong 1988), less
    the area itself: their mean over pairs is the area, with ties half."""
    together, count = rankdata(np.concatenate([positive, negative])), len(positive)
    above = (together[:count] - rankdata(positive)) / count
    below = 1 - (together[count:] - rankdata(negative)) / count
    contributions: np.ndarray = above + below - above.mean()
    return contributions
