"""Exact nearest neighbours under intersection over union (IoU), on bit-packed cells.

Without a GPU, bits are counted in 64-bit words, `popcount`, and where block counts rule most pairs out, `bounds`, only
for the rest. With one, its 8-bit integer units multiply bits, `int8`. All three find the same.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from zoo import ZooError, require_memory, shared
from zoo_voxels.likeness import bounds, int8, popcount
from zoo_voxels.threads import each

T = TypeVar("T")

_QUERIES_AT_ONCE = 64
"""Queries that stay in a core's second-level cache (0.9 MB for 48^3 cells) while the database streams by."""
_ROWS_AT_ONCE = 1024
"""Rows of the database in memory at a time, beside all queries (14 MB for 48^3 cells)."""
_WORTH_COUNTING = 64
"""Fewer queries are compared sooner than the database's blocks are counted."""
_WORTH_PRUNING = 0.25
"""Where the bounds leave a larger share of pairs than this, they cost more than they save."""


_TABLES = 4
"""Tables of all pairs, of 8 bytes each, that comparing them takes."""


def pack(cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Cells `[B, d, d, d]` as bits `[B, ceil(d^3 / 8)]`, in C order, the first voxel in the highest bit."""
    return np.packbits(cells.reshape(len(cells), -1), axis=1)


def nearest(
    queries_packed: NDArray[np.uint8], database_packed: NDArray[np.uint8], device: torch.device | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The database cell of highest IoU for each query: its index `[Q]` and that IoU `[Q]`, from 0 to 1.

    Both arguments are packed as by `pack`, `[Q, w]` and `[N, w]`; the database may be memory-mapped, and is read
    1,024 rows at a time. Of equally near cells the one of lowest index is taken (VOXPLOER's equation 17 says "arg max"
    and no more). The IoU of two empty cells, 0/0, is defined as 1: they are equal.

    A `device` multiplies bits as 8-bit integers; by default a CUDA GPU does, if there is one. Else the CPU counts, on
    as many threads as torch uses.

    Raises ZooError if the database is empty or if cells have different sizes.
    """
    _check(queries_packed, database_packed)
    if device is None and torch.cuda.is_available():
        device = torch.device("cuda")
    if device is not None:
        return _nearest_on_device(queries_packed, database_packed, device)
    search = _Search(queries_packed)
    for start in range(0, len(database_packed), _ROWS_AT_ONCE):
        search.look_at(database_packed[start : start + _ROWS_AT_ONCE], start)
    return search.index, search.intersection / search.union


def nearest_together(
    queries_packed: NDArray[np.uint8], database_packed: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """`nearest`, with the queries shared out among the processes of a run; each must call it."""
    parts = shared(lambda part: nearest(queries_packed[part.start : part.stop], database_packed), len(queries_packed))
    return np.concatenate([index for index, _ in parts]), np.concatenate([overlap for _, overlap in parts])


def overlaps(first_packed: NDArray[np.uint8], second_packed: NDArray[np.uint8]) -> NDArray[np.float64]:
    """IoU of every pair of packed cells, `[A, w]` and `[B, w]`: `[A, B]`. Raises ZooError as `nearest` does."""
    common, first, second = _common(first_packed, second_packed)
    joint = first[:, None] + second - common
    return np.where(joint > 0, common / np.maximum(joint, 1), 1.0)


def similarities(first_packed: NDArray[np.uint8], second_packed: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The solid that pairs of packed cells share over the geometric mean of what they have (Yang et al. 2024, equation
    19), `[A, w]` and `[B, w]`: `[A, B]`, from 0 to 1; two empty cells are equal. Raises ZooError as `nearest` does."""
    common, first, second = _common(first_packed, second_packed)
    mean = np.sqrt(first[:, None] * second.astype(np.float64))
    empty = (first[:, None] == 0) & (second == 0)
    return np.where(empty, 1.0, common / np.maximum(mean, 1))


def _common(
    first_packed: NDArray[np.uint8], second_packed: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """How many solid voxels pairs of cells share `[A, B]`, and how many each has, `[A]` and `[B]`."""
    _check(first_packed, second_packed)
    pairs = len(first_packed) * len(second_packed)
    require_memory(8 * _TABLES * pairs, f"to compare {pairs:,} pairs of cells", "score fewer cells.")
    first, second = popcount.words(first_packed), popcount.words(second_packed)
    common = np.empty((len(first), len(second)), dtype=np.int64)

    def compare(rows: slice) -> None:
        popcount.overlaps(first[rows], second, common[rows])

    _share(compare, len(first))
    return common, popcount.sizes(first), popcount.sizes(second)


def _check(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> None:
    if first.shape[1] != second.shape[1]:
        raise ZooError(
            f"cells of different resolution cannot be compared: {first.shape[1]} and {second.shape[1]} bytes each"
        )
    if len(second) == 0:
        raise ZooError("no cell can be near: the set to search is empty")


class _Search:
    """What is known of some queries' neighbours while the database passes by."""

    def __init__(self, packed: NDArray[np.uint8]) -> None:
        self.queries = popcount.words(packed)
        self.sizes = popcount.sizes(self.queries)
        self.index = np.zeros(len(packed), dtype=np.int64)
        self.intersection = np.full(len(packed), -1, dtype=np.int64)
        self.union = np.ones(len(packed), dtype=np.int64)
        self._resolution = bounds.resolution(packed.shape[1]) if len(packed) >= _WORTH_COUNTING else None
        if self._resolution:
            self._counts = bounds.counts(packed, self._resolution)

    def look_at(self, packed: NDArray[np.uint8], offset: int) -> None:
        """Compare all queries with these rows of the database, of which the first is number `offset`."""
        rows = popcount.words(packed)
        sizes = popcount.sizes(rows)
        counts = bounds.counts(packed, self._resolution) if self._resolution else None

        def compare(part: slice) -> int:
            queries = self.queries[part], self.sizes[part]
            best = self.index[part], self.intersection[part], self.union[part]
            if counts is None:
                popcount.search(*queries, rows, sizes, offset, *best)
                return 0
            fine, coarse = self._counts
            compared: int = bounds.search(*queries, fine[part], coarse[part], rows, sizes, *counts, offset, *best)
            return compared

        looked = sum(_share(compare, len(self.queries)))
        if looked > _WORTH_PRUNING * len(self.queries) * len(rows):
            self._resolution = None


def _share(work: Callable[[slice], T], count: int) -> list[T]:
    """The results of `work` for all parts of so many queries, by as many threads as torch uses."""
    parts = [slice(start, start + _QUERIES_AT_ONCE) for start in range(0, count, _QUERIES_AT_ONCE)]
    return each(work, parts)


def _nearest_on_device(
    queries: NDArray[np.uint8], database: NDArray[np.uint8], device: torch.device
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    index, overlap = np.zeros(len(queries), dtype=np.int64), np.full(len(queries), -1.0)
    for start in range(0, len(database), int8.ROWS_AT_ONCE):
        int8.search(queries, database[start : start + int8.ROWS_AT_ONCE], start, index, overlap, device)
    return index, overlap
