"""Local novelty: the share of cells that are not training cells deformed, nor put together from them."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from zoo import Data, Evaluator, Facts, Score
from zoo_voxels.components.valid_unique_novel import ValidUniqueNovel, distance_to_training
from zoo_voxels.likeness.likest import unpacked
from zoo_voxels.likeness.neighbours import nearest_together, pack
from zoo_voxels.likeness.patchwork import gaps
from zoo_voxels.measures.checking import cells_of

SHARE = 0.95
CALIBRATED = 400
"""Number of held-out cells that say how near new cells come to their patchworks. Each costs as much as a cell
that is scored."""

Values = NDArray[np.float64]


class LocalNovelty(Evaluator):
    """The share of cells that are original: farther from a patchwork of training cells, shifted, turned and smoothly
    deformed (`patchwork.gaps`), than 5 % of new real cells are.

    Novelty by IoU is won by deforming training cells, or by half of one beside half of another. A deformed cell lies
    very near to its patchwork, and a new one does not; how far it lies, held-out cells tell. The limit is that of split
    conformal prediction (Vovk et al. 2005; as a test for outliers, Bates et al. 2023) from those held-out cells that
    are novel by IoU: of new cells of the data's own law that are novel, 95 % at least are original. A cell of which
    every octant is a copy is none. Of data with fewer than 19 novel held-out cells, all others are.

    `valid_unique_novel_typical_original` asks for all five of each cell; `same` and `thickness` are those of
    `ValidUniqueNovel`, with its errors.
    """

    revision = 2

    def __init__(self, same: float = 0.9, thickness: int = 2) -> None:
        self.novelty = ValidUniqueNovel(same, thickness)

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`. ZooError if they are none, see `checking.cells_of`."""
        cells = cells_of("local-novelty", generated, reference)
        four = self.novelty.scores(generated, reference, facts).get("valid_unique_novel_typical")
        same = self.novelty.same
        limit = reference.facts.once(f"original {same}", lambda: _calibrated(reference, same))
        gaps = _gaps(cells, reference, facts)
        original = (gaps > limit).astype(float)
        scores = {
            "original": Score.mean(original, _ORIGINAL.format(share=1 - SHARE, limit=limit)),
            "distance_to_patchwork": Score.mean(gaps, _DISTANCE, "voxels"),
        }
        if four is None:
            return scores
        return {"valid_unique_novel_typical_original": Score.mean(four.per_sample * original, _ALL_FIVE), **scores}


_ALL_FIVE = "Share of cells that are valid, unique, novel, typical (see valid-unique-novel) and original at once."
_ORIGINAL = (
    "Share of cells farther from the nearest patchwork of training cells, shifted, turned and smoothly deformed, than "
    "{share:.0%} of the held-out cells that are novel: {limit:.3g} voxels."
)
_DISTANCE = (
    "Mean distance of a cell's surface from that of the nearest patchwork of training cells, shifted, turned and "
    "smoothly deformed: voxels that differ for each face of the surface. It says nothing of validity."
)


def _gaps(cells: NDArray[np.bool_], reference: Data, facts: Facts) -> Values:
    leaders, _ = facts.once("nearest-iou", lambda: nearest_together(pack(cells), reference.train.packed()))
    return gaps(cells, reference, leaders)


def _calibrated(reference: Data, same: float) -> float:
    """The distance that new cells of the data exceed with a chance of `SHARE`."""
    packed = np.asarray(reference.held_out.packed()[:CALIBRATED])
    cells, facts = unpacked(packed, reference.domain.structure.shape), Facts()
    novel = distance_to_training(cells, reference, facts) > 1 - same
    return limit(_gaps(cells, reference, facts)[novel])


def limit(distances: Values) -> float:
    """What another distance of the same law exceeds with a chance of `SHARE` at least: the k-th smallest of n, of which
    k / (n + 1) is no more than 1 - `SHARE`; 0 if there is none."""
    place = int((len(distances) + 1) * (1 - SHARE) + 1e-9)
    return float(np.sort(distances)[place - 1]) if place else 0.0
