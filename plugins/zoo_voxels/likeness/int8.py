"""Overlaps of packed cells as a product of 8-bit integer matrices, which tensor cores do best.

Sums are 32-bit integers, so intersections are exact. Their ratios to unions are rounded to float64, which keeps equal
fractions equal and unequal ones apart as long as cells have fewer than 2^26 voxels.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

ROWS_AT_ONCE = 4096
_QUERIES_AT_ONCE = 1024
_ALIGNED = 32
"""Rows and columns of the factors come in multiples of this; the extra ones are empty and are cut off again."""
_SHIFTS = tuple(range(7, -1, -1))


def search(
    queries: NDArray[np.uint8], rows: NDArray[np.uint8], offset: int,
    index: NDArray[np.int64], overlap: NDArray[np.float64], device: torch.device,
) -> None:  # fmt: skip
    """Replaces the nearest row so far of each packed query where one of these packed rows, `offset` to
    `offset + len(rows)`, is nearer."""
    database = _bits(rows, device)
    database_sizes = database.sum(1, dtype=torch.int32)
    places = torch.arange(len(rows), device=device)
    for start in range(0, len(queries), _QUERIES_AT_ONCE):
        part = slice(start, min(start + _QUERIES_AT_ONCE, len(queries)))
        bits = _bits(queries[part], device)
        common = torch._int_mm(bits, database.T)
        joint = bits.sum(1, dtype=torch.int32)[:, None] + database_sizes - common
        ratio = torch.where(joint == 0, 1.0, common.double() / joint.clamp(min=1))[: part.stop - start, : len(rows)]
        best = ratio.amax(1, keepdim=True)
        where = torch.where(ratio == best, places, len(rows)).amin(1).cpu().numpy()
        highest = best[:, 0].cpu().numpy()
        nearer = highest > overlap[part]
        index[part][nearer], overlap[part][nearer] = where[nearer] + offset, highest[nearer]


def _bits(packed: NDArray[np.uint8], device: torch.device) -> Tensor:
    """Packed rows as zeros and ones, int8, padded to sizes that the product takes, unpacked on the device."""
    missing = -len(packed) % _ALIGNED, -packed.shape[1] % _ALIGNED
    rows = torch.from_numpy(np.pad(packed, ((0, missing[0]), (0, missing[1])))).to(device)
    shifts = torch.tensor(_SHIFTS, dtype=torch.uint8, device=device)
    return ((rows.unsqueeze(-1) >> shifts) & 1).flatten(1).to(torch.int8)
