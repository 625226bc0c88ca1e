"""Pieces and winding ranks against known shapes, scipy and a breadth-first walk over single voxels."""

from collections import deque

import networkx as nx
import numpy as np
import pytest
import scipy.ndimage
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays

from zoo_voxels.measures.connectivity import analyse

D = 24
X, Y, Z = np.meshgrid(*[np.arange(D)] * 3, indexing="ij")
CENTRE = D // 2


def rod(centre_y: int = CENTRE) -> np.ndarray:
    return (abs(Y - centre_y) < 3) & (abs(Z - CENTRE) < 3)


def ball() -> np.ndarray:
    return (X - CENTRE) ** 2 + (Y - CENTRE) ** 2 + (Z - CENTRE) ** 2 < 64


def gyroid() -> np.ndarray:
    x, y, z = (2 * np.pi * (axis + 0.5) / D for axis in (X, Y, Z))
    return abs(np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)) < 0.5


SHAPES = {
    "rod": (rod(), 1, 1),
    "cross": (rod() | rod().transpose(1, 0, 2), 1, 2),
    "axes": (rod() | rod().transpose(1, 0, 2) | rod().transpose(2, 1, 0), 1, 3),
    "ball": (ball(), 1, 0),
    "ball across a face": (np.roll(ball(), CENTRE, axis=0), 1, 0),
    "ball across a corner": (np.roll(ball(), (CENTRE,) * 3, axis=(0, 1, 2)), 1, 0),
    "diagonal rod, winding (1, 1, 0)": (((X - Y + 2) % D < 5) & (abs(Z - CENTRE) < 3), 1, 1),
    "diagonal rod, winding (1, 1, 1)": (((X - Y + 2) % D < 5) & ((Y - Z + 2) % D < 5), 1, 1),
    "two rods that do not touch": (rod(5) | rod(18), 2, 1),
    "crossed rods that do not touch": ((rod() & (Z < CENTRE)) | (rod().transpose(1, 0, 2) & (Z > CENTRE)), 2, 1),
    "sheet": (abs(Z - CENTRE) < 2, 1, 2),
    "gyroid": (gyroid(), 1, 3),
    "full": (np.ones((D, D, D), bool), 1, 3),
    "empty": (np.zeros((D, D, D), bool), 0, 0),
}


@pytest.mark.parametrize("name", SHAPES)
def test_known_shapes(name: str) -> None:
    cell, pieces, rank = SHAPES[name]
    found = analyse(cell)
    assert (found.pieces, found.rank, found.solid) == (pieces, rank, cell.sum())


def test_a_ball_across_a_face_is_cut_in_two_when_the_cell_stands_alone() -> None:
    found = analyse(np.roll(ball(), CENTRE, axis=0))
    assert found.largest_open < found.solid == found.largest_periodic


def test_void_is_trapped_in_a_bubble_and_not_in_a_tube() -> None:
    for bubble in (ball(), np.roll(ball(), (CENTRE,) * 3, axis=(0, 1, 2))):
        assert analyse(bubble).enclosed == bubble.sum()
    assert analyse(rod()).enclosed == analyse(gyroid()).enclosed == analyse(~gyroid()).enclosed == 0
    assert analyse(rod(4) | np.roll(ball(), 4, axis=1)).enclosed == ball().sum()


cells = arrays(bool, st.tuples(*[st.integers(1, 5)] * 3))


@settings(deadline=None)
@given(cells)
def test_open_pieces_are_those_of_scipy(cell: np.ndarray) -> None:
    labels, _ = scipy.ndimage.label(cell)
    assert analyse(cell).largest_open == np.bincount(labels[labels > 0], minlength=1).max()


@settings(deadline=None)
@given(cells)
def test_periodic_pieces_and_windings_are_those_of_a_walk_over_voxels(cell: np.ndarray) -> None:
    sizes, ranks = _walk(cell)
    found = analyse(cell)
    assert found.pieces == len(sizes)
    assert found.largest_periodic == max(sizes, default=0)
    assert found.rank == max(ranks, default=0)
    assert found.enclosed == sum(size for size, rank in zip(sizes, ranks, strict=True) if rank == 0)


@settings(deadline=None)
@given(arrays(bool, (5, 5, 5)), st.tuples(*[st.integers(0, 4)] * 3), st.permutations(range(3)))
def test_the_crystal_does_not_know_where_its_cell_begins(cell: np.ndarray, shift: tuple, axes: list) -> None:
    found, moved = analyse(cell), analyse(np.roll(cell, shift, axis=(0, 1, 2)).transpose(axes))
    assert (found.pieces, found.largest_periodic, found.rank) == (moved.pieces, moved.largest_periodic, moved.rank)


def _walk(cell: np.ndarray) -> tuple[list[int], list[int]]:
    """Size and winding rank of each periodic piece: unfold it voxel by voxel into the infinite crystal."""
    shape = np.array(cell.shape)
    unfolded: dict[tuple, np.ndarray] = {}
    sizes, ranks = [], []
    for start in map(tuple, np.argwhere(cell)):
        if start in unfolded:
            continue
        unfolded[start] = np.array(start)
        windings, size, queue = [np.zeros(3, int)], 0, deque([start])
        while queue:
            voxel = queue.popleft()
            size += 1
            for step in np.vstack([np.eye(3, dtype=int), -np.eye(3, dtype=int)]):
                place = unfolded[voxel] + step
                neighbour = tuple(place % shape)
                if not cell[neighbour]:
                    continue
                if neighbour not in unfolded:
                    unfolded[neighbour] = place
                    queue.append(neighbour)
                windings.append((place - unfolded[neighbour]) // shape)
        sizes.append(size)
        ranks.append(int(np.linalg.matrix_rank(np.unique(windings, axis=0))))
    return sizes, ranks


@settings(deadline=None)
@given(arrays(bool, (4, 4, 4)))
def test_pieces_are_the_components_of_the_periodic_voxel_graph(cell: np.ndarray) -> None:
    torus = nx.grid_graph(cell.shape, periodic=True)
    solid = torus.subgraph([tuple(int(i) for i in voxel) for voxel in np.argwhere(cell)])
    assert analyse(cell).pieces == nx.number_connected_components(solid)
