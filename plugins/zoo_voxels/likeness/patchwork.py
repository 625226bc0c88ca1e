"""Distance of a cell from a patchwork of training cells that have been moved a little.

The patchwork has eight pieces, the octants of the cell. (Where the edge is odd, they share its middle.) Each piece is
the one that differs in the fewest voxels of

- the same octant of whichever training cell has there the highest IoU, in any of its orientations, as it stands;
- that place of the `DEFORMED` training cells that are likest once shifted, turned and reflected (`placement`), and of
  the one likest as it stands, each then smoothly deformed (`registration`).

So a patchwork fits cells put together from others, and cells that are others, pulled and pushed. That a block of an
image is compared with whatever block of an example is most like it is an old test for copies (nearest patches: Efros &
Leung 1999; Barnes et al. 2009, PatchMatch).

The work is shared out among the processes of a run; each must call.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from zoo import Data, shared
from zoo_voxels.likeness.likest import described, descriptors, unpacked
from zoo_voxels.likeness.neighbours import nearest, pack
from zoo_voxels.likeness.placement import blurred, in_place, like_powers
from zoo_voxels.likeness.registration import deformed
from zoo_voxels.threads import each_together

CANDIDATES = 16
"""Number of training cells, of waves of like power, that are turned and shifted."""
DEFORMED = 3
_ROWS_AT_ONCE = 1024

Cells = NDArray[np.bool_]
Part = tuple[slice, slice, slice]


def gaps(cells: Cells, reference: Data, leaders: NDArray[np.int64]) -> NDArray[np.float64]:
    """How many voxels cells `[B, d, d, d]` differ from their patchworks in for each face between solid and void:
    nearly the mean distance of their surfaces, in voxels. `[B]`, from 0, which means that each octant is a copy.

    `leaders` are the training cells nearest by IoU as they stand, `[B]`.
    """
    every, shape = reference.train.packed(), reference.domain.structure.shape
    upright = every[reference.train.originals]
    powers = blurred(described("training", upright, reference))
    own_powers = blurred(descriptors(cells))
    corners = shared(lambda part: _nearest_octants(cells[part.start : part.stop], every), len(cells))
    standing = np.concatenate(corners)

    def compare(place: int) -> float:
        cell = cells[place]
        alike = unpacked(upright[like_powers(own_powers[place], powers, CANDIDATES)], shape)
        leader = unpacked(every[leaders[place]][None], shape)
        fitted = deformed(cell, np.concatenate([leader, in_place(cell, alike, DEFORMED)]))
        return gap(cell, patchwork(cell, unpacked(every[standing[place]], shape), fitted))

    return np.array(each_together(compare, range(len(cells))))


def octants(d: int) -> list[Part]:
    """The eight octants of cells `[d, d, d]`, cubes of one size."""
    halves = slice(0, -(-d // 2)), slice(d // 2, d)
    return [(x, y, z) for x, y, z in product(halves, repeat=3)]


def patchwork(cell: Cells, standing: Cells, fitted: Cells) -> Cells:
    """Octants of other cells that differ least from those of a cell `[d, d, d]`: each of the eight `standing` ones is
    for one octant, each of the `fitted` `[K, d, d, d]` for all."""
    patched = np.zeros_like(cell)
    for part, other in zip(octants(len(cell)), standing, strict=True):
        pieces = np.concatenate([other[part][None], fitted[:, *part]])
        patched[part] = pieces[(pieces != cell[part]).sum((1, 2, 3)).argmin()]
    return patched


def gap(cell: Cells, other: Cells) -> float:
    """Voxels in which two cells `[d, d, d]` differ, for each face of the first one's surface; of a cell without a
    surface, the number of voxels."""
    faces = sum(int(np.count_nonzero(cell != np.roll(cell, 1, axis))) for axis in range(3))
    return np.count_nonzero(cell != other) / max(faces, 1)


def _nearest_octants(cells: Cells, every: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The packed cell of highest IoU in each octant of each cell, the first of equals: `[B, 8]`."""
    parts = octants(cells.shape[1])
    wanted = [pack(cells[:, *part]) for part in parts]
    index = np.zeros((len(cells), len(parts)), dtype=np.int64)
    overlap = np.full(index.shape, -1.0)
    for start in range(0, len(every) if len(cells) else 0, _ROWS_AT_ONCE):
        rows = unpacked(every[start : start + _ROWS_AT_ONCE], cells.shape[1:])
        for place, part in enumerate(parts):
            candidates, common = nearest(wanted[place], pack(rows[:, *part]))
            better = common > overlap[:, place]
            index[better, place], overlap[better, place] = start + candidates[better], common[better]
    return index
