"""Overlaps of packed cells, counted one by one.

One kernel compares two queries with four database cells at a time, so that each 64-bit word it loads takes part in
several population counts; LLVM makes vector instructions of them where the machine has any. Ratios are compared by
cross-multiplication, so nothing is rounded and ties are exact.
"""

from typing import Any

import numpy as np
from numba import njit
from numba.extending import intrinsic
from numpy.typing import NDArray


def words(packed: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The same bits as 64-bit words `[B, ceil(w / 8)]`; copied only if width or alignment ask for it."""
    missing = -packed.shape[1] % 8
    if missing:
        packed = np.pad(packed, ((0, 0), (0, missing)))
    aligned = np.ascontiguousarray(packed).view(np.uint64)
    return aligned if aligned.flags.aligned else aligned.copy()


def _population_count(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return word(word), generate


popcount: Any = intrinsic(_population_count)
"""Number of set bits of an integer, by LLVM's own instruction."""


@njit(cache=True, nogil=True)
def sizes(rows: np.ndarray) -> np.ndarray:
    """Number of set bits of each row."""
    counts = np.zeros(len(rows), dtype=np.int64)
    for row in range(len(rows)):
        total = np.uint64(0)
        for word in rows[row]:
            total += popcount(word)
        counts[row] = total
    return counts


@njit(cache=True, nogil=True)
def overlaps(first: np.ndarray, second: np.ndarray, table: np.ndarray) -> None:
    """Fills `table` `[A, B]` with the number of bits that rows of `first` and of `second` share."""
    shared = np.empty((2, 4), dtype=np.int64)
    rows = np.empty(4, dtype=np.int64)
    for start in range(0, len(second), 4):
        for k in range(4):
            rows[k] = min(start + k, len(second) - 1)
        for one in range(0, len(first), 2):
            other = min(one + 1, len(first) - 1)
            intersect(first[one], first[other], second, rows, shared)
            for k in range(4):
                table[one, rows[k]], table[other, rows[k]] = shared[0, k], shared[1, k]


@njit(cache=True, nogil=True)
def search(
    queries: np.ndarray, query_sizes: np.ndarray, database: np.ndarray, database_sizes: np.ndarray, offset: int,
    index: np.ndarray, intersection: np.ndarray, union: np.ndarray,
) -> None:  # fmt: skip
    """Replaces the nearest row so far of each query where one of these, `offset` to `offset + len(database)`, is
    nearer. Where a block overruns the end, the last row repeats and changes nothing."""
    count = len(queries)
    shared = np.empty((2, 4), dtype=np.int64)
    rows = np.empty(4, dtype=np.int64)
    for start in range(0, len(database), 4):
        for k in range(4):
            rows[k] = min(start + k, len(database) - 1)
        for first in range(0, count, 2):
            second = min(first + 1, count - 1)
            intersect(queries[first], queries[second], database, rows, shared)
            for side in range(2):
                query = second if side else first
                for k in range(4):
                    common = shared[side, k]
                    joint = query_sizes[query] + database_sizes[rows[k]] - common
                    if joint == 0:
                        common = joint = 1
                    if common * union[query] > intersection[query] * joint:
                        index[query], intersection[query], union[query] = offset + rows[k], common, joint


@njit(cache=True, nogil=True)
def intersect(p: np.ndarray, q: np.ndarray, database: np.ndarray, rows: np.ndarray, shared: np.ndarray) -> None:
    """Bits that two queries share with four database rows: eight sums in registers for six loads."""
    a, b, c, d = database[rows[0]], database[rows[1]], database[rows[2]], database[rows[3]]
    pa = pb = pc = pd = qa = qb = qc = qd = np.uint64(0)
    for word in range(len(p)):
        x, y = p[word], q[word]
        s, t, u, v = a[word], b[word], c[word], d[word]
        pa += popcount(x & s)
        pb += popcount(x & t)
        pc += popcount(x & u)
        pd += popcount(x & v)
        qa += popcount(y & s)
        qb += popcount(y & t)
        qc += popcount(y & u)
        qd += popcount(y & v)
    shared[0, 0], shared[0, 1], shared[0, 2], shared[0, 3] = pa, pb, pc, pd
    shared[1, 0], shared[1, 1], shared[1, 2], shared[1, 3] = qa, qb, qc, qd
