"""Can generated stacks be made, and are they new?"""

from collections.abc import Mapping

import numpy as np

from zoo import Data, Evaluator, Facts, Score


class LayerScores(Evaluator):
    """The shares of stacks without runs below `thinnest`, and of stacks that the training data do not have."""

    def __init__(self, thinnest: int = 2) -> None:
        self.thinnest = thinnest

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        known = facts.once("known-stacks", lambda: {row.tobytes() for row in reference.train.packed()})
        packed = np.packbits(generated.astype(bool), axis=1)
        made = 100.0 * np.array([thinnest_run(stack) >= self.thinnest for stack in generated])
        new = 100.0 * np.array([row.tobytes() not in known for row in packed])
        makeable = f"Share of stacks whose layers all lie in runs of at least {self.thinnest}."
        return {
            "makeable": Score(float(made.mean()), makeable, made, "%"),
            "new": Score(float(new.mean()), "Share of stacks that are not among the training data.", new, "%"),
        }


def thinnest_run(stack: np.ndarray) -> int:
    """The length of the shortest run of equal layers in a periodic stack `[layers]`."""
    interfaces = np.flatnonzero(stack != np.roll(stack, 1))
    if len(interfaces) == 0:
        return len(stack)
    return int(np.diff(interfaces, append=interfaces[0] + len(stack)).min())
