"""Checks of the structures that evaluators of voxel cells are given."""

import numpy as np
from numpy.typing import NDArray

from zoo import Data, ZooError


def cells_of(who: str, generated: np.ndarray, reference: Data) -> NDArray[np.bool_]:
    """Generated structures as bool `[n, d, d, d]`.

    ZooError unless there is one at least, of the shape of the reference's cells, with no other values than 0 and 1.
    """
    shape = reference.domain.structure.shape
    if generated.ndim != 4 or not reference.domain.binary:
        raise ZooError(f"{who}: structures of shape {generated.shape[1:]} are not voxel cells")
    if generated.shape[1:] != shape:
        raise ZooError(f"{who}: cells of shape {generated.shape[1:]}, and those to compare with have {shape}")
    if len(generated) == 0:
        raise ZooError(f"{who}: there are no cells to score")
    wrong = ~((generated == 0) | (generated == 1))
    if wrong.any():
        value = generated[wrong][0]
        raise ZooError(f"{who}: cell {int(np.argwhere(wrong)[0, 0])} holds {value:g}; cells hold 0 and 1 only")
    return generated.astype(bool)
