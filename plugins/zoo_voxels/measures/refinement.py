"""Small repairs of generated cells, in the infinite crystal: none of them is done unless a recipe asks for it."""

from collections.abc import Callable, Mapping

import cc3d
import numpy as np
from numpy.typing import NDArray

from zoo_voxels.measures.features import opened

Cell = NDArray[np.bool_]


def largest_piece(cell: Cell) -> Cell:
    """The largest piece, connected through faces of voxels and through the faces of the cell; of equal ones, any."""
    labels = cc3d.connected_components(np.ascontiguousarray(cell), connectivity=6, periodic_boundary=True)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return labels == sizes.argmax() if sizes.any() else cell


def close_pinholes(cell: Cell) -> Cell:
    """Void in which no 2 x 2 x 2 voxels fit becomes solid: a morphological closing."""
    return ~opened(~cell, 2)


def periodic_faces(cell: Cell) -> Cell:
    """Opposite faces become equal, solid where one of them is: no strut is cut off."""
    cell = cell.copy()
    for axis in range(3):
        layers = np.moveaxis(cell, axis, 0)
        layers[0] |= layers[-1]
        layers[-1] = layers[0]
    return cell


REFINEMENTS: Mapping[str, Callable[[Cell], Cell]] = {
    "largest-piece": largest_piece,
    "close-pinholes": close_pinholes,
    "periodic-faces": periodic_faces,
}
