"""The five scores of the benchmark (VOXPLOER, appendix C.2, equations 12 to 17), each as one value per cell.

Every score is the mean of its values; so is diversity, where a cell's value is 1 if it is the first with its nearest
neighbour and 0 otherwise.

There are two protocols. `paper` is the equations to the letter. `released` is what the authors' public code does:
pieces connect through the periodic faces; a full cell counts as empty (its minimum equals its maximum, so nothing of it
is binarised to solid); novelty and diversity look only at cells whose three quality scores all exceed 0.5, while the
others have novelty 0 and share one imaginary neighbour, index -1, which counts once. Only this gate explains the
published diversity of 0.001, one in 1,000.

The paper leaves 0/0 open. In both protocols an empty cell scores 0 everywhere and has no neighbour, and two opposite
faces that are both empty have periodicity 0. In `paper` a full cell has perfect quality, as the equations say.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from zoo import ZooError
from zoo_voxels.measures.connectivity import analyse

Protocol = Literal["paper", "released"]
Cells = NDArray[np.bool_]
Values = NDArray[np.float64]

GATE = 0.5
NO_NEIGHBOUR = -1


@dataclass(frozen=True, slots=True)
class CellScores:
    """One value in [0, 1] per cell and score, `[B]` each; higher is better."""

    symmetry: Values
    periodicity: Values
    connectivity: Values
    novelty: Values
    diversity: Values

    @property
    def quality(self) -> Values:
        """Mean of the three quality scores (the column "Mean" of the paper's tables)."""
        return (self.symmetry + self.periodicity + self.connectivity) / 3


def symmetry(cells: Cells) -> Values:
    """S_sym (equation 12) of cells `[B, d, d, d]`: share of the solid that point reflection maps to solid."""
    return _ratio(_count(cells & cells[:, ::-1, ::-1, ::-1]), _count(cells))


def periodicity(cells: Cells) -> Values:
    """S_per (equation 13): intersection over union of opposite faces, mean over the three axes."""
    faces = [(cells[:, 0], cells[:, -1]), (cells[:, :, 0], cells[:, :, -1]), (cells[:, :, :, 0], cells[:, :, :, -1])]
    ratios: Values = np.mean([_ratio(_count(near & far), _count(near | far)) for near, far in faces], axis=0)
    return ratios


def connectivity(cells: Cells, *, periodic: bool) -> Values:
    """S_con (equation 14): share of the solid in its largest face-connected piece; `periodic` joins opposite faces."""
    pieces = [analyse(cell) for cell in cells]
    largest = np.array([each.largest_periodic if periodic else each.largest_open for each in pieces])
    return _ratio(largest, np.array([each.solid for each in pieces]))


def score(cells: Cells, neighbour: NDArray[np.int64], overlap: Values, protocol: Protocol) -> CellScores:
    """The five scores of generated cells, bool `[B, d, d, d]`.

    `neighbour` and `overlap`, `[B]` each, are index and intersection over union of their nearest training cells,
    rotations included, as `neighbours.nearest` finds them. Raises ZooError for an unknown protocol.
    """
    if protocol not in get_args(Protocol):
        raise ZooError(f"unknown protocol {protocol!r}; known: {', '.join(get_args(Protocol))}")
    released = protocol == "released"
    if released:
        cells = cells & ~cells.all(axis=(1, 2, 3), keepdims=True)
    quality = symmetry(cells), periodicity(cells), connectivity(cells, periodic=released)
    counted = np.min(quality, axis=0) > GATE if released else cells.any(axis=(1, 2, 3))
    novelty = np.where(counted, 1 - overlap, 0.0)
    diversity = _first_of_each(np.where(counted, neighbour, NO_NEIGHBOUR))
    return CellScores(*quality, novelty, diversity if released else np.where(counted, diversity, 0.0))


def _count(cells: Cells) -> NDArray[np.int64]:
    count: NDArray[np.int64] = np.count_nonzero(cells.reshape(len(cells), -1), axis=1)
    return count


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> Values:
    """part / whole, and 0 where there is no whole."""
    return np.where(whole > 0, part / np.maximum(whole, 1), 0.0)


def _first_of_each(indices: NDArray[np.int64]) -> Values:
    """S_div (equations 16 and 17) by cell: 1 at the first occurrence of each index."""
    first = np.zeros(len(indices))
    first[np.unique(indices, return_index=True)[1]] = 1
    return first
