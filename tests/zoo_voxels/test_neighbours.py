"""The compiled search against a plain one in exact arithmetic."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo_voxels.neighbours import nearest, pack


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
    index, iou = nearest(pack(queries), pack(database))
    expected, ratios = plain(queries, database)
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
    with pytest.raises(ZooError, match="empty"):
        nearest(np.zeros((1, 8), np.uint8), np.zeros((0, 8), np.uint8))
    with pytest.raises(ZooError, match="64 and 27"):
        nearest(np.zeros((1, 64), np.uint8), np.zeros((1, 27), np.uint8))
