"""Exact nearest neighbours under intersection over union (IoU), on bit-packed cells.

One kernel compares two queries with four database cells at a time, so that each 64-bit word it loads takes part in
several population counts; LLVM makes vector instructions of them where the machine has any. Ratios are compared by
cross-multiplication, so nothing is rounded and ties are exact.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit
from numba.extending import intrinsic
from numpy.typing import NDArray

from zoo import ZooError

_QUERIES_AT_ONCE = 64
"""So many stay in a core's second-level cache (0.9 MB for 48^3 cells) while the database streams by."""


def pack(cells: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Cells `[B, d, d, d]` as bits `[B, ceil(d^3 / 8)]`, in C order, the first voxel in the highest bit."""
    return np.packbits(cells.reshape(len(cells), -1), axis=1)


def nearest(
    queries_packed: NDArray[np.uint8], database_packed: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each query the database cell of highest IoU: its index `[Q]` and that IoU `[Q]`, from 0 to 1.

    Both arguments are packed as by `pack`, `[Q, w]` and `[N, w]`; the database may be memory-mapped. Of equally near
    cells the one of lowest index is taken (VOXPLOER's equation 17 says "arg max" and no more). The IoU of two empty
    cells, 0/0, is defined as 1: they are equal.

    Raises ZooError if the database is empty or if cells have different sizes.
    """
    if queries_packed.shape[1] != database_packed.shape[1]:
        raise ZooError(
            "cells of different resolution cannot be compared: "
            f"{queries_packed.shape[1]} and {database_packed.shape[1]} bytes each"
        )
    if len(database_packed) == 0:
        raise ZooError("no cell can be near: the set to search is empty")
    queries, database = _words(queries_packed), _words(database_packed)
    sizes = _sizes(database)
    index = np.zeros(len(queries), dtype=np.int64)
    iou = np.zeros(len(queries), dtype=np.float64)

    def search(start: int) -> None:
        block = slice(start, start + _QUERIES_AT_ONCE)
        index[block], iou[block] = _search(queries[block], database, sizes)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(search, range(0, len(queries), _QUERIES_AT_ONCE)))
    return index, iou


def _words(packed: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The same bits as 64-bit words `[B, ceil(w / 8)]`; copied only if width or alignment ask for it."""
    missing = -packed.shape[1] % 8
    if missing:
        packed = np.pad(packed, ((0, 0), (0, missing)))
    words = np.ascontiguousarray(packed).view(np.uint64)
    return words if words.flags.aligned else words.copy()


def _population_count(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return word(word), generate


_popcount: Any = intrinsic(_population_count)
"""Number of set bits of an integer, by LLVM's own instruction."""


@njit(cache=True, nogil=True)
def _sizes(words: np.ndarray) -> np.ndarray:
    """Number of set bits of each row."""
    sizes = np.zeros(len(words), dtype=np.int64)
    for row in range(len(words)):
        total = np.uint64(0)
        for word in words[row]:
            total += _popcount(word)
        sizes[row] = total
    return sizes


@njit(cache=True, nogil=True)
def _search(queries: np.ndarray, database: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest database row of each query. Where a block overruns the end, the last row repeats and changes nothing."""
    count = len(queries)
    query_sizes = _sizes(queries)
    index = np.zeros(count, dtype=np.int64)
    intersection = np.full(count, -1, dtype=np.int64)
    union = np.ones(count, dtype=np.int64)
    shared = np.empty((2, 4), dtype=np.int64)
    rows = np.empty(4, dtype=np.int64)
    for start in range(0, len(database), 4):
        for k in range(4):
            rows[k] = min(start + k, len(database) - 1)
        for first in range(0, count, 2):
            second = min(first + 1, count - 1)
            _intersect(queries[first], queries[second], database, rows, shared)
            for side in range(2):
                query = second if side else first
                for k in range(4):
                    common = shared[side, k]
                    joint = query_sizes[query] + sizes[rows[k]] - common
                    if joint == 0:
                        common = joint = 1
                    if common * union[query] > intersection[query] * joint:
                        index[query], intersection[query], union[query] = rows[k], common, joint
    return index, intersection / union


@njit(cache=True, nogil=True)
def _intersect(p: np.ndarray, q: np.ndarray, database: np.ndarray, rows: np.ndarray, shared: np.ndarray) -> None:
    """Bits that two queries share with four database rows: eight sums in registers for six loads."""
    a, b, c, d = database[rows[0]], database[rows[1]], database[rows[2]], database[rows[3]]
    pa = pb = pc = pd = qa = qb = qc = qd = np.uint64(0)
    for word in range(len(p)):
        x, y = p[word], q[word]
        s, t, u, v = a[word], b[word], c[word], d[word]
        pa += _popcount(x & s)
        pb += _popcount(x & t)
        pc += _popcount(x & u)
        pd += _popcount(x & v)
        qa += _popcount(y & s)
        qb += _popcount(y & t)
        qc += _popcount(y & u)
        qd += _popcount(y & v)
    shared[0, 0], shared[0, 1], shared[0, 2], shared[0, 3] = pa, pb, pc, pd
    shared[1, 0], shared[1, 1], shared[1, 2], shared[1, 3] = qa, qb, qc, qd
