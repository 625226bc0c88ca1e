"""The compiled search against a plain one in exact arithmetic."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo_voxels.likeness.bounds import block_counts, coarse_counts, resolution
from zoo_voxels.likeness.neighbours import nearest, overlaps, pack


def plain(queries: np.ndarray, database: np.ndarray) -> tuple[list[int], list[Fraction]]:
    index, best = [], []
    for query in queries:
        ratios = []
        for cell in database:
            union = int((query | cell).sum())
            ratios.append(Fraction(int((query & cell).sum()), union) if union else Fraction(1))
        index.append(ratios.index(max(ratios)))
        best.append(max(ratios))
    return index, best


def check(queries: np.ndarray, database: np.ndarray) -> None:
    """Counting bits, and multiplying them as 8-bit integers."""
    expected, ratios = plain(queries, database)
    for device in (None, torch.device("cpu")):
        index, iou = nearest(pack(queries), pack(database), device)
        assert index.tolist() == expected
        assert iou.tolist() == [float(ratio) for ratio in ratios]


@st.composite
def two_sets(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Queries and database of one small size, with repeated, empty and full cells among them."""
    d = draw(st.integers(1, 5))
    kinds = [np.zeros((d, d, d), bool), np.ones((d, d, d), bool)]
    kinds += draw(st.lists(arrays(bool, (d, d, d)), min_size=1, max_size=4))
    some = st.lists(st.sampled_from(kinds), min_size=1, max_size=9).map(np.stack)
    return draw(some), draw(some)


@settings(deadline=None)
@given(two_sets())
def test_small_sets_with_ties_and_empty_cells(sets: tuple[np.ndarray, np.ndarray]) -> None:
    check(*sets)


@pytest.mark.parametrize(("queries", "database"), [(1, 1), (3, 5), (64, 4), (65, 7), (130, 23)])
def test_every_way_in_which_blocks_overrun(queries: int, database: int) -> None:
    rng = np.random.default_rng(queries)
    check(rng.random((queries, 8, 8, 8)) < 0.3, rng.random((database, 8, 8, 8)) < 0.3)


def smooth(count: int, d: int, seed: int) -> np.ndarray:
    """Cells that bounds can tell apart: walls of random position and direction."""
    rng = np.random.default_rng(seed)
    x = np.moveaxis(np.indices((d, d, d)), 0, -1) @ rng.normal(size=(3, count))
    return np.moveaxis(np.abs(np.sin(4 * x / d + rng.uniform(0, 6, count))) < 0.4, -1, 0)


@pytest.mark.parametrize("d", [8, 16])
def test_bounds_rule_out_no_neighbour(d: int) -> None:
    """More queries than it takes to count blocks; known cells, flipped ones, ties, empty and full ones among them."""
    rng = np.random.default_rng(d)
    database = smooth(60, d, 0)
    database = np.concatenate([database, np.zeros((1, d, d, d), bool), database[::-1], np.ones((1, d, d, d), bool)])
    queries = np.concatenate([smooth(40, d, 1), database[20:70], database[:20] ^ (rng.random((20, d, d, d)) < 0.05)])
    check(queries, database)


def test_a_database_of_several_blocks_is_read_block_by_block() -> None:
    class Rows(np.ndarray):
        longest = 0

        def __getitem__(self, key):  # type: ignore[no-untyped-def]
            found = super().__getitem__(key)
            Rows.longest = max(Rows.longest, len(found))
            return np.asarray(found)

    cells = smooth(40, 8, 0)
    database = np.concatenate([np.zeros((2500, 8, 8, 8), bool), cells, cells])
    for count in (3, 40):
        queries = np.repeat(cells, 2, axis=0)[: 2 * count]
        index, iou = nearest(pack(queries), pack(database).view(Rows))
        assert index.tolist() == [2500 + i // 2 for i in range(2 * count)]
        assert set(iou) == {1.0}
    assert Rows.longest == 1024


def test_block_counts_are_sums_over_blocks_of_4_by_4_by_8_voxels() -> None:
    cells = np.random.default_rng(0).random((3, 16, 16, 16)) < 0.6
    cells[0] = True
    counts = block_counts(pack(cells), 16)
    expected = cells.reshape(3, 4, 4, 4, 4, 2, 8).sum((2, 4, 6)).reshape(3, -1)
    assert counts.shape == (3, 64)
    np.testing.assert_array_equal(counts[:, : expected.shape[1]], expected)
    halves = np.minimum(cells.reshape(3, 2, 8, 2, 8, 2, 8).sum((2, 4, 6)).reshape(3, -1) // 2, 255)
    np.testing.assert_array_equal(coarse_counts(counts, 16)[:, :8], halves)


def test_blocks_tile_cells_whose_resolution_is_a_multiple_of_eight() -> None:
    widths = {d: len(pack(np.zeros((1, d, d, d), bool))[0]) for d in (6, 8, 12, 20, 24, 48)}
    assert {d: resolution(width) for d, width in widths.items()} == {6: None, 8: 8, 12: None, 20: None, 24: 24, 48: 48}


@settings(deadline=None, max_examples=50)
@given(two_sets())
def test_overlaps_of_all_pairs(sets: tuple[np.ndarray, np.ndarray]) -> None:
    first, second = sets
    table = overlaps(pack(first), pack(second))
    assert table.shape == (len(first), len(second))
    for row, cell in zip(table, first, strict=True):
        unions = [(cell | other).sum() for other in second]
        ratios = [(cell & other).sum() / union if union else 1.0 for other, union in zip(second, unions, strict=True)]
        assert row.tolist() == ratios


def test_of_equally_near_cells_the_first_is_taken() -> None:
    cell = np.random.default_rng(0).random((6, 6, 6)) < 0.5
    other = ~cell
    index, iou = nearest(pack(cell[None]), pack(np.stack([other, cell, other, cell, cell])))
    assert (index[0], iou[0]) == (1, 1.0)


def test_empty_cells_equal_each_other_and_nothing_else() -> None:
    empty, full = np.zeros((1, 4, 4, 4), bool), np.ones((1, 4, 4, 4), bool)
    assert [part.item() for part in nearest(pack(empty), pack(np.concatenate([full, empty])))] == [1, 1.0]
    assert [part.item() for part in nearest(pack(empty), pack(full))] == [0, 0.0]


def test_no_queries_have_no_neighbours() -> None:
    index, iou = nearest(np.zeros((0, 8), np.uint8), np.zeros((3, 8), np.uint8))
    assert len(index) == len(iou) == 0


def test_a_memory_mapped_database_gives_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    queries, database = pack(rng.random((5, 8, 8, 8)) < 0.4), pack(rng.random((9, 8, 8, 8)) < 0.4)
    np.save(tmp_path / "database.npy", database)
    mapped = np.load(tmp_path / "database.npy", mmap_mode="r")
    for here, there in zip(nearest(queries, database), nearest(queries, mapped), strict=True):
        np.testing.assert_array_equal(here, there)


MEMORY = """
import sys, threading
import numpy as np
from zoo_voxels.likeness.neighbours import nearest

def private():
    lines = open("/proc/self/status").read().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon"))

def peak(path):
    database, most, done = np.load(path, mmap_mode="r"), [0], threading.Event()
    queries = np.array(database[:64])
    def watch():
        while not done.wait(0.002):
            most[0] = max(most[0], private())
    thread = threading.Thread(target=watch)
    thread.start()
    index, overlap = nearest(queries, database)
    done.set()
    thread.join()
    assert (index == np.arange(64)).all()
    return most[0]

peak(sys.argv[1])
print(peak(sys.argv[1]), peak(sys.argv[2]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads memory from /proc")
def test_memory_does_not_grow_with_the_database(tmp_path: Path) -> None:
    """28 MB and 111 MB of cells of 48^3, mapped: memory that is the program's own, at its peak."""
    rng = np.random.default_rng(0)
    for name, count in (("small", 2048), ("large", 8192)):
        np.save(tmp_path / f"{name}.npy", rng.integers(0, 256, (count, 13824), dtype=np.uint8))
    files = [str(tmp_path / f"{name}.npy") for name in ("small", "large")]
    done = subprocess.run([sys.executable, "-c", MEMORY, *files], capture_output=True, text=True, check=True)
    small, large = map(int, done.stdout.split())
    assert large < small + 10e6


def test_packing_is_that_of_the_published_metatruss_file() -> None:
    """np.packbits of the flattened cell, big-endian: 13,824 bytes for 48^3, voxel (0, 0, 0) in the highest bit."""
    cell = np.zeros((1, 48, 48, 48), bool)
    cell[0, 0, 0, 0] = cell[0, 1, 2, 3] = True
    packed = pack(cell)
    assert packed.shape == (1, 13824)
    place = 48 * 48 + 2 * 48 + 3
    assert packed[0, 0] == 128
    assert packed[0, place // 8] == 128 >> place % 8


def test_nothing_to_search_and_different_sizes_are_errors() -> None:
    for function in (nearest, overlaps):
        with pytest.raises(ZooError, match="empty"):
            function(np.zeros((1, 8), np.uint8), np.zeros((0, 8), np.uint8))
        with pytest.raises(ZooError, match="64 and 27"):
            function(np.zeros((1, 64), np.uint8), np.zeros((1, 27), np.uint8))
