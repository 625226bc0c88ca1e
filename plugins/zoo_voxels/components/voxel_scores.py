"""The benchmark's five scores as an evaluator."""

from collections.abc import Mapping

import numpy as np

from zoo import Data, Evaluator, Facts, Score, ZooError
from zoo_voxels.likeness.neighbours import nearest_together, pack
from zoo_voxels.measures.checking import cells_of
from zoo_voxels.measures.scores import Protocol, score

_SENTENCES = {
    "symmetry": "Mean share of a cell's solid that point reflection through its centre maps to solid (equation 12).",
    "periodicity": "Mean intersection over union of a cell's opposite faces (equation 13).",
    "connectivity": "Mean share of a cell's solid in its largest face-connected piece (equation 14).",
    "quality": "Mean of symmetry, periodicity and connectivity.",
    "novelty": "Mean of 1 - intersection over union with the nearest training cell, rotations included (equation 15).",
    "diversity": "Different nearest training cells per generated cell (equations 16 and 17); falls with their number.",
}

_PROTOCOLS = {
    "paper": "The paper's equations to the letter; empty cells score 0. Published numbers were not made so.",
    "released": (
        "As the authors' code has it: pieces connect across the cell's faces, full cells count as empty, and novelty "
        "and diversity count only cells of which symmetry, periodicity and connectivity all exceed 0.5."
    ),
}


class VoxelScores(Evaluator):
    """Symmetry, periodicity, connectivity, their mean, novelty and diversity, see `scores`, by either `protocol`: the
    numbers of the VOXPLOER paper are of "released"; "paper", its equations to the letter, is ours.

    The nearest training cells are sought once for both protocols, among all rotations.
    """

    def __init__(self, protocol: Protocol = "paper") -> None:
        if protocol not in _PROTOCOLS:
            raise ZooError(f"voxel-scores: unknown protocol {protocol!r}; known: {', '.join(_PROTOCOLS)}")
        self.protocol = protocol

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard cells `[n, d, d, d]`; one alone has no diversity. ZooError if they are not voxel cells."""
        cells = cells_of("voxel-scores", generated, reference)
        neighbour, overlap = facts.once("nearest-iou", lambda: nearest_together(pack(cells), reference.train.packed()))
        benchmark = score(cells, neighbour, overlap, self.protocol)
        names = [name for name in _SENTENCES if len(cells) > 1 or name != "diversity"]
        return {name: self._score(name, getattr(benchmark, name)) for name in names}

    def _score(self, name: str, values: np.ndarray) -> Score:
        sentence = f"{_SENTENCES[name]} {_PROTOCOLS[self.protocol]}"
        return Score.mean(values, sentence)
