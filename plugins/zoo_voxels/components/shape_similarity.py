"""Similarity of shapes after Yang et al. (2024, equation 19), as an evaluator."""

from collections.abc import Mapping

import numpy as np

from zoo import Data, Evaluator, Facts, Score, jackknife
from zoo_voxels.likeness.neighbours import pack, similarities
from zoo_voxels.measures.checking import cells_of

_ROWS_AT_ONCE = 4096

_SENTENCE = "the solid that two cells share over the geometric mean of what they have (Yang et al., equation 19)"


class ShapeSimilarity(Evaluator):
    """How alike cells are to the nearest training cell, and to one another, as Yang et al. tell novelty and diversity.

    Training cells are compared in all orientations that training sees; the cells of the paper, which are cubic, look
    the same in each. Unlike the paper's diversity, which is over four cells for each target, ours is over all pairs.
    """

    revision = 2

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`. ZooError if structures are not voxel cells."""
        packed = pack(cells_of("shape-similarity", generated, reference))
        train = reference.train.packed()
        parts = [
            similarities(packed, train[start : start + _ROWS_AT_ONCE]).max(1)
            for start in range(0, len(train), _ROWS_AT_ONCE)
        ]
        near = np.max(parts, axis=0)
        scores = {
            "similarity_to_data": Score.mean(
                near, f"Mean similarity to the training cell that is most alike: {_SENTENCE}.", higher_is_better=False
            )
        }
        if len(packed) > 1:
            pairs = similarities(packed, packed)
            others = (pairs.sum(1) - pairs.diagonal()) / (len(packed) - 1)
            interval = None
            if len(packed) > 2:
                without = (others.sum() - 2 * others) / (len(packed) - 2)
                interval = jackknife(float(others.mean()), without)
            scores["similarity_between"] = Score(
                float(others.mean()),
                f"Mean similarity of pairs of generated cells: {_SENTENCE}.",
                others,
                higher_is_better=False,
                interval=interval,
            )
        return scores
