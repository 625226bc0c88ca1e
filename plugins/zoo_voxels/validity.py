"""Is it a material, is it one of its kind, is it new? The share of cells of which all three hold."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from zoo import Evaluator, Facts, Items, Reference, Score, ZooError
from zoo_voxels.checking import cells_of
from zoo_voxels.connectivity import analyse
from zoo_voxels.features import kept
from zoo_voxels.likeness import likest, repeats
from zoo_voxels.neighbours import nearest, overlaps, pack

Cells = NDArray[np.bool_]
Values = NDArray[np.float64]

KEPT = 0.9
"""A feature is lost in print where the ball does not fit; corners lose a little in sound cells too."""


class ValidUniqueNovel(Evaluator):
    """The share of cells that are valid, unique and novel, with its parts.

    - Valid: the solid is one piece of the periodic crystal, without floating parts; it percolates in three directions
      (winding rank 3); and balls of `thickness` voxels fill at least 90 % of it.
    - Unique: no earlier cell of the set overlaps it by an IoU of `same` or more, after any periodic shift and any
      symmetry of the cube.
    - Novel: no training cell does.

    Shifts and symmetries make no other material, so they make nothing new: what the five scores of the benchmark count
    as new cells, copies shifted by half a period, count as known here. See `likeness` on how sure that is. ZooError
    unless `same` lies in (0, 1] and `thickness` is at least 1.
    """

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

    def scores(self, generated: np.ndarray, reference: Reference, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`. ZooError if they are none, see `checking.cells_of`."""
        cells = cells_of("valid-unique-novel", generated, reference)
        packed = pack(cells)
        found = [analyse(cell) for cell in cells]
        connected = np.array([each.pieces == 1 for each in found])
        percolating = np.array([each.rank == 3 for each in found])
        thick = np.array([kept(cell, self.thickness) >= KEPT for cell in cells])
        valid = connected & percolating & thick
        pairs = facts.once("overlaps", lambda: overlaps(packed, packed))
        unique = ~repeats(cells, pairs, self.same)
        step = reference.domain.orientations
        near_train = facts.once("nearest-iou", lambda: nearest(packed, reference.train.packed()))
        near_held_out = nearest(packed, reference.held_out.packed())
        to_train = _distance(cells, reference.train, step, *near_train)
        to_held_out = _distance(cells, reference.held_out, 1, *near_held_out)
        novel = to_train > 1 - self.same
        trapped = np.array([analyse(~cell).enclosed for cell in cells]) / cells[0].size
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
        return {name: self._score(name, values[name].astype(float)) for name in values}

    def _score(self, name: str, values: Values) -> Score:
        sentence = _SENTENCES[name].format(same=self.same, thickness=self.thickness, kept=KEPT)
        if name in ("unique", "valid_unique_novel"):  # Whether a cell repeats another depends on the others.
            return Score(float(values.mean()), sentence, values)
        return Score.mean(values, sentence, higher_is_better=name not in ("distance_to_held_out", "trapped_void"))


_SENTENCES = {
    "valid_unique_novel": "Share of cells that are valid, unique and novel at once, see there.",
    "valid": "Share of cells that are connected, percolating and thick enough at once, see there.",
    "unique": (
        "Share of cells that no earlier cell of the set overlaps by an IoU of {same:g} or more, after any periodic "
        "shift and any of the 48 symmetries of the cube; falls with the number of cells."
    ),
    "novel": (
        "Share of cells that no training cell overlaps by an IoU of {same:g} or more, after any periodic shift and any "
        "of the 48 symmetries. Noise is novel too: read it with validity and with the distance to held-out cells."
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


def _distance(cells: Cells, items: Items, step: int, neighbour: NDArray[np.int64], overlap: Values) -> Values:
    """1 - IoU, modulo shifts and symmetries, with the likest item. Each stands there in `step` orientations;
    `neighbour` is the nearest as they stand, with its `overlap`."""
    likeness = likest(cells, items.packed()[::step], [neighbour // step])[1]
    distance: Values = 1 - np.maximum(likeness, overlap)
    return distance
