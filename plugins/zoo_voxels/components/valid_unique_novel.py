"""The share of cells that are valid, unique, novel and typical."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from zoo import Data, Evaluator, Facts, Score, ZooError
from zoo_voxels.likeness.likest import described, likest, repeats
from zoo_voxels.likeness.neighbours import nearest_together, overlaps, pack
from zoo_voxels.measures.checking import cells_of
from zoo_voxels.measures.connectivity import analyse
from zoo_voxels.measures.features import kept
from zoo_voxels.measures.physics import features
from zoo_voxels.measures.typicality import MIN_HELD_OUT, SHARE, typical
from zoo_voxels.threads import each_together

Cells = NDArray[np.bool_]
Values = NDArray[np.float64]

KEPT = 0.9
"""A feature is lost in print where the ball does not fit; corners lose a little in sound cells too."""


class ValidUniqueNovel(Evaluator):
    """The share of cells that are valid, unique, novel and typical, with its parts.

    - Valid: the solid is one piece of the periodic crystal, without floating parts; it percolates in three directions
      (winding rank 3); and balls of `thickness` voxels fill at least 90 % of it.
    - Unique: no earlier cell of the set overlaps it by an IoU of `same` or more, after any periodic shift and any
      symmetry of the cube.
    - Novel: no training cell does.
    - Typical: it has the physics of the data, see `typicality`. Two training cells in one are new and sound, and of
      another kind; a headline that leaves this out is theirs. It is not told where fewer than 80 cells are held out.

    Shifts and symmetries make no other material, so they make nothing new: what the five scores of the benchmark count
    as new cells, copies shifted by half a period, count as known here. See `likeness` on how sure that is. ZooError
    unless `same` lies in (0, 1] and `thickness` is at least 1.
    """

    revision = 3
    headline: ClassVar[tuple[str, ...]] = ("valid_unique_novel_typical", "valid_unique_novel", "distance_to_held_out")

    def __init__(self, same: float = 0.9, thickness: int = 2) -> None:
        problems = []
        if not 0 < same <= 1:
            problems.append(f"valid-unique-novel: same {same:g} is not in (0, 1]")
        if thickness < 1:
            problems.append(f"valid-unique-novel: thickness {thickness} is less than 1")
        if problems:
            raise ZooError(*problems)
        self.same = same
        self.thickness = thickness

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`; one alone is unique, and no share of them tells so. ZooError if they are
        none, see `checking.cells_of`."""
        cells = cells_of("valid-unique-novel", generated, reference)
        fact = f"valid-unique-novel {self.same} {self.thickness}"
        scores: Mapping[str, Score] = facts.once(fact, lambda: self._scores(cells, reference, facts))
        return scores

    def _scores(self, cells: Cells, reference: Data, facts: Facts) -> Mapping[str, Score]:
        packed = pack(cells)
        pieces = each_together(analyse, list(cells))
        connected = np.array([each.pieces == 1 for each in pieces])
        percolating = np.array([each.rank == 3 for each in pieces])
        thick = np.array(each_together(lambda cell: kept(cell, self.thickness) >= KEPT, list(cells)))
        valid = connected & percolating & thick
        pairs = facts.once("overlaps", lambda: overlaps(packed, packed))
        unique = ~repeats(cells, pairs, self.same)
        held_out = reference.held_out.packed()
        to_train = distance_to_training(cells, reference, facts)
        to_held_out = _distance(
            cells, held_out, described("held-out", held_out, reference), *nearest_together(packed, held_out)
        )
        novel = to_train > 1 - self.same
        trapped = np.array(each_together(lambda cell: analyse(~cell).enclosed, list(cells))) / cells[0].size
        values = {
            "valid_unique_novel": valid & unique & novel,
            "valid": valid,
            "unique": unique,
            "novel": novel,
            "connected": connected,
            "percolating": percolating,
            "thick_enough": thick,
            "distance_to_training": to_train,
            "distance_to_held_out": to_held_out,
            "trapped_void": trapped,
        }
        if len(reference.held_out) >= MIN_HELD_OUT:
            plausible = typical(facts.once("physical-features", lambda: features(cells)), reference)
            values |= {"valid_unique_novel_typical": values["valid_unique_novel"] & plausible, "typical": plausible}
        if len(cells) == 1:
            del values["unique"]
        return {name: self._score(name, values[name].astype(float)) for name in _SENTENCES if name in values}

    def _score(self, name: str, values: Values) -> Score:
        sentence = _SENTENCES[name].format(same=self.same, thickness=self.thickness, kept=KEPT, share=SHARE)
        return Score.mean(values, sentence, higher_is_better=name not in ("distance_to_held_out", "trapped_void"))


_SENTENCES = {
    "valid_unique_novel_typical": (
        "Share of cells that are valid, unique, novel and typical at once, see there: new materials of the data's kind."
    ),
    "valid_unique_novel": (
        "Share of cells that are valid, unique and novel at once, see there; whether they have anything in common with "
        "the data it does not ask."
    ),
    "valid": "Share of cells that are connected, percolating and thick enough at once, see there.",
    "unique": (
        "Share of cells that no earlier cell of the set overlaps by an IoU of {same:g} or more, after any periodic "
        "shift and any of the 48 symmetries of the cube; falls with the number of cells."
    ),
    "novel": (
        "Share of cells that no training cell overlaps by an IoU of {same:g} or more, after any periodic shift and any "
        "of the 48 symmetries. Noise is novel too: read it with validity and with the distance to held-out cells."
    ),
    "typical": (
        "Share of cells whose physical features (volume fraction, surface, mean breadth, Euler number, two-point "
        "correlation) are as near to those of training cells as those of {share:.0%} of held-out cells are."
    ),
    "connected": "Share of cells whose solid is one piece across the periodic faces, without floating parts.",
    "percolating": "Share of cells with a piece that winds through the crystal in three independent directions.",
    "thick_enough": "Share of cells of which balls {thickness} voxels wide fill at least {kept:.0%}.",
    "distance_to_training": (
        "Mean of 1 - IoU with the likest training cell, after the best periodic shift and symmetry of the cube."
    ),
    "distance_to_held_out": (
        "Mean of 1 - IoU with the likest held-out cell, after the best periodic shift and symmetry: new cells of the "
        "same kind are near those that no model has seen, and being far from everything is no merit."
    ),
    "trapped_void": "Mean share of the cell that is void without a way out, where powder or resin stays in.",
}


def distance_to_training(cells: Cells, reference: Data, facts: Facts) -> Values:
    """1 - IoU of cells `[B, d, d, d]` with the likest training cell, modulo shifts and symmetries, `[B]`."""
    train, originals = reference.train.packed(), reference.train.originals
    neighbour, overlap = facts.once("nearest-iou", lambda: nearest_together(pack(cells), train))
    upright = train[originals]
    likest_original = np.searchsorted(originals, neighbour, side="right") - 1
    return _distance(cells, upright, described("training", upright, reference), likest_original, overlap)


def _distance(
    cells: Cells,
    packed: NDArray[np.uint8],
    descriptors: NDArray[np.float32],
    neighbour: NDArray[np.int64],
    overlap: Values,
) -> Values:
    """1 - IoU, modulo shifts and symmetries, with the likest of `packed` cells, which stand there in one orientation.
    `neighbour` is the nearest as they stand, with its `overlap`."""
    likeness = likest(cells, packed, descriptors, [neighbour])[1]
    distance: Values = 1 - np.maximum(likeness, overlap)
    return distance
