"""Overlaps of packed cells, counted only where bounds on them leave a chance.

A cell is cut into blocks of 4 x 4 x 8 voxels. If two cells hold a_b and c_b voxels of solid in block b, they share at
most the sum of min(a_b, c_b), which is (|A| + |C| - L) / 2 with L the sum of |a_b - c_b|; so their intersection over
union is at most (|A| + |C| - L) / (|A| + |C| + L). Counts fit a byte, there are sixteen times fewer of them than bytes
in a cell, and one instruction adds up 64 differences. Where the bound does not exceed what is known already, the
pair needs no closer look: the search is exact. Most pairs are ruled out sooner, by blocks of 8 x 8 x 8 voxels.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from zoo_voxels.likeness.popcount import popcount

_LANES = 64
_WIDE = 4
"""Blocks are so many voxels wide along the first two axes, and a byte's eight along the third."""


def resolution(width: int) -> int | None:
    """d of cells `[d, d, d]` that are `width` bytes each, if blocks tile them: d is a multiple of 8."""
    edge = round((8 * width) ** (1 / 3))
    return edge if edge**3 == 8 * width and edge % 8 == 0 else None


def counts(packed: NDArray[np.uint8], d: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What `search` wants of packed cells of `resolution` d: their `block_counts` and `coarse_counts`."""
    fine = block_counts(packed, d)
    return fine, coarse_counts(fine, d)


def block_counts(packed: NDArray[np.uint8], d: int) -> NDArray[np.uint8]:
    """Voxels of solid in each block of packed cells of `resolution` d, `[B, blocks]`, padded with zeros to whole
    vectors."""
    across, deep = d // _WIDE, d // 8
    counts = np.zeros((len(packed), -(-across * across * deep // _LANES) * _LANES), dtype=np.uint8)
    _count(packed, d, deep, counts)
    return counts


def coarse_counts(fine: NDArray[np.uint8], d: int) -> NDArray[np.uint8]:
    """Half of what blocks of 8 x 8 x 8 voxels hold, rounded down and 255 at most, of cells with these `block_counts`:
    `[B, blocks]`, padded. Two blocks that differ by n differ by no more than (n + 1) / 2 in this."""
    across = d // 8
    coarse = np.zeros((len(fine), -(-(across**3) // _LANES) * _LANES), dtype=np.uint8)
    _halve(fine, across, coarse)
    return coarse


@njit(cache=True, nogil=True)
def _count(packed: np.ndarray, d: int, deep: int, counts: np.ndarray) -> None:
    """Layers are added up first, in long rows that vector instructions like."""
    layer = d * deep
    sums = np.empty(layer, dtype=np.uint8)
    for row in range(len(packed)):
        for slab in range(d // _WIDE):
            sums[:] = 0
            for x in range(_WIDE):
                start = (slab * _WIDE + x) * layer
                for place in range(layer):
                    sums[place] += popcount(packed[row, start + place])
            for y in range(d):
                block = (slab * (d // _WIDE) + y // _WIDE) * deep
                for z in range(deep):
                    counts[row, block + z] += sums[y * deep + z]


@njit(cache=True, nogil=True)
def _halve(fine: np.ndarray, across: int, coarse: np.ndarray) -> None:
    """Blocks of 8 x 8 x 8 are two by two of 4 x 4 x 8 voxels."""
    for row in range(len(fine)):
        for x in range(across):
            for y in range(across):
                for z in range(across):
                    total = np.int64(0)
                    for place in range(4):
                        block = (2 * x + place // 2) * 2 * across + 2 * y + place % 2
                        total += fine[row, block * across + z]
                    coarse[row, (x * across + y) * across + z] = min(total // 2, 255)


def _sum_of_differences(typing_context: Any, first: Any, second: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = [
            context.make_array(kind)(context, builder, value)
            for kind, value in zip(signature.args, arguments, strict=True)
        ]
        (length,) = cgutils.unpack_tuple(builder, rows[0].shape)
        lanes = ir.Constant(length.type, _LANES)
        wide, narrow = ir.VectorType(ir.IntType(32), _LANES), ir.VectorType(ir.IntType(8), _LANES)
        absolute = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(wide, [wide, ir.IntType(1)]), f"llvm.abs.v{_LANES}i32"
        )
        add_up = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.IntType(32), [wide]), f"llvm.vector.reduce.add.v{_LANES}i32"
        )
        total = cgutils.alloca_once_value(builder, ir.Constant(wide, None))
        with cgutils.for_range(builder, builder.udiv(length, lanes)) as loop:
            place = builder.mul(loop.index, lanes)
            left, right = (
                builder.zext(
                    builder.load(builder.bitcast(builder.gep(row.data, [place]), narrow.as_pointer()), align=1), wide
                )
                for row in rows
            )
            difference = builder.call(absolute, [builder.sub(left, right), ir.Constant(ir.IntType(1), 0)])
            builder.store(builder.add(builder.load(total), difference), total)
            # An empty line of assembly keeps LLVM from unrolling the loop, where it would miss that this is its
            # one-instruction sum of absolute differences.
            builder.asm(ir.FunctionType(ir.VoidType(), []), "", "", [], True)
        return builder.zext(builder.call(add_up, [builder.load(total)]), ir.IntType(64))

    return types.int64(first, second), generate


_difference: Any = intrinsic(_sum_of_differences)
"""Sum of |a - b| over two rows of bytes, contiguous and of equal length, a multiple of 64."""


@njit(cache=True, nogil=True)
def search(
    queries: np.ndarray, query_sizes: np.ndarray, query_counts: np.ndarray, query_coarse: np.ndarray,
    database: np.ndarray, database_sizes: np.ndarray, database_counts: np.ndarray, database_coarse: np.ndarray,
    offset: int, index: np.ndarray, intersection: np.ndarray, union: np.ndarray,
) -> int:  # fmt: skip
    """Replaces the nearest row so far of each query where one of these, `offset` to `offset + len(database)`, is
    nearer, or as near and earlier. The row of best bound is looked at first. Returns how many pairs were looked at."""
    looked = 0
    rows = np.empty(len(database), dtype=np.int64)
    highs, lows = np.empty(len(database), dtype=np.int64), np.empty(len(database), dtype=np.int64)
    for query in range(len(queries)):
        size, counts, coarse = query_sizes[query], query_counts[query], query_coarse[query]
        # Most rows fall to what is known already, and are not thought of again.
        left, first, most, least = 0, 0, np.int64(-1), np.int64(1)
        known, over = intersection[query], union[query]
        for row in range(len(database)):
            both = size + database_sizes[row]
            difference = max(2 * _difference(coarse, database_coarse[row]) - len(coarse), 0)
            if (both - difference) * over < known * (both + difference):
                continue
            difference = _difference(counts, database_counts[row])
            high, low = both - difference, both + difference
            if low == 0:
                high = low = 1
            if high * over >= known * low:
                rows[left], highs[left], lows[left] = row, high, low
                if high * least > most * low:
                    first, most, least = left, high, low
                left += 1
        for turn in range(-1 if left else 0, left):
            place = first if turn < 0 else turn
            row = rows[place]
            both = size + database_sizes[row]
            gain = highs[place] * union[query] - intersection[query] * lows[place]
            if gain < 0 or (gain == 0 and offset + row >= index[query]):
                continue
            looked += 1
            common = _shared(queries[query], database[row])
            joint = both - common
            if joint == 0:
                common = joint = 1
            gain = common * union[query] - intersection[query] * joint
            if gain > 0 or (gain == 0 and offset + row < index[query]):
                index[query], intersection[query], union[query] = offset + row, common, joint
    return looked


@njit(cache=True, nogil=True)
def _shared(p: np.ndarray, q: np.ndarray) -> np.int64:
    total = np.uint64(0)
    for word in range(len(p)):
        total += popcount(p[word] & q[word])
    return np.int64(total)
