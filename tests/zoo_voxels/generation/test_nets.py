"""Nets: known ones, and any others against searches that unroll a few cells of the crystal."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from zoo import ZooError
from zoo_voxels.generation.nets import Net, closest_vertices, connectivity, lattice_from, net

CUBE = np.eye(3)
CORNERS = list(itertools.product((0, -1), repeat=3))
FCC = [(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]

PRIMITIVE = net("pcu", CUBE, [[0, 0, 0]], [(0, 0)] * 3, np.eye(3))
BODY_CENTRED = net("bcu", CUBE, [[0, 0, 0], [0.5] * 3], [(1, 0)] * 8, -np.array(CORNERS))


def neighbours(vertices: list, length: float) -> tuple[list, list]:
    """All bars of a length, each from both of its ends."""
    found = [
        ((i, j), shift)
        for i, j in itertools.product(range(len(vertices)), repeat=2)
        for shift in itertools.product((-1, 0, 1), repeat=3)
        if abs(np.linalg.norm(np.array(vertices[j]) + shift - vertices[i]) - length) < 1e-9
    ]
    return [edge for edge, _ in found], [shift for _, shift in found]


FACE_CENTRED = net("fcu", CUBE, FCC, *neighbours(FCC, np.sqrt(0.5)))
DIAMOND_SITES = FCC + [tuple(np.array(site) + 0.25) for site in FCC]
DIAMOND = net("dia", CUBE, DIAMOND_SITES, *neighbours(DIAMOND_SITES, np.sqrt(3) / 4))


@pytest.mark.parametrize(
    ("known", "coordination", "bars", "nearest"),
    [(PRIMITIVE, 6, 3, 1), (BODY_CENTRED, 8, 8, 0.75**0.5), (FACE_CENTRED, 12, 24, 0.5**0.5), (DIAMOND, 4, 16, 0.433)],
)
def test_cubic_nets_are_as_in_the_books(known, coordination, bars, nearest) -> None:
    assert known.coordination().tolist() == [coordination] * len(known.vertices)
    assert len(known.edges) == bars
    assert connectivity(known) == (1, 3)
    assert closest_vertices(known) == pytest.approx(nearest, abs=1e-3)
    np.testing.assert_allclose(known.lengths(), nearest, atol=1e-3)


def test_two_diamonds_in_one_cell_are_two_pieces() -> None:
    twice = net(
        "dia-c", CUBE, [(0, 0, 0), (0.25, 0.25, 0.25)], [(0, 1)] * 4, [(0, 0, 0), (-1, -1, 0), (-1, 0, -1), (0, -1, -1)]
    )
    assert connectivity(twice) == (2, 3)


@pytest.mark.parametrize(
    ("shifts", "rank"), [([(1, 0, 0)], 1), ([(1, 1, 0), (2, 2, 0)], 1), ([(1, 1, 0), (0, 1, 1)], 2)]
)
def test_rods_and_sheets_are_not_three_periodic(shifts, rank) -> None:
    assert connectivity(net("rod", CUBE, [[0, 0, 0]], [(0, 0)] * len(shifts), shifts)) == (1, rank)


nets = st.integers(1, 4).flatmap(
    lambda count: st.lists(
        st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), *[st.integers(-1, 1)] * 3).filter(
            lambda bar: bar[0] != bar[1] or any(bar[2:])
        ),
        min_size=1,
        max_size=8,
    ).map(lambda bars: (count, np.array(bars)))
)


def torus_pieces(made: Net, side: int) -> int:
    """Components of the net on a torus of side^3 cells."""
    cells = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    size = len(made.vertices)
    first = np.ravel_multi_index((*cells.T.reshape(3, -1),), (side,) * 3)[:, None] * size + made.edges[:, 0]
    ends = (cells + made.shifts) % side
    second = np.ravel_multi_index((*np.moveaxis(ends, -1, 0),), (side,) * 3) * size + made.edges[:, 1]
    links = coo_array((np.ones(first.size), (first.ravel(), second.ravel())), shape=(side**3 * size,) * 2)
    return connected_components(links, directed=False)[0]


@given(nets)
@settings(max_examples=60, deadline=None)
def test_pieces_and_rank_are_those_of_large_tori(drawn) -> None:
    """On a torus of p^3 cells, p a large prime, a piece of rank r comes in p^(3 - r) copies; of 3-periodic pieces, a
    torus of (kn)^3 cells has all n."""
    made = net("any", CUBE, np.random.default_rng(0).random((drawn[0], 3)), drawn[1][:, :2], drawn[1][:, 2:])
    pieces, rank = connectivity(made)
    if torus_pieces(made, 1) == 1:
        assert torus_pieces(made, 11) == 11 ** (3 - rank)
        assert rank == 3 or pieces == 1
    if rank == 3 and torus_pieces(made, 1) == 1 and pieces <= 8:
        assert [torus_pieces(made, k * pieces) for k in (1, 2, 3)] == [pieces] * 3


@given(nets, st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_normal_form_does_not_depend_on_how_bars_are_written(drawn, seed) -> None:
    count, bars = drawn
    rng = np.random.default_rng(seed)
    vertices = rng.random((count, 3))
    made = net("any", CUBE, vertices, bars[:, :2], bars[:, 2:])
    cells = rng.integers(-2, 3, (count, 3))
    edges, shifts = bars[:, :2].copy(), bars[:, 2:] - cells[bars[:, 1]] + cells[bars[:, 0]]
    turned = rng.random(len(bars)) < 0.5
    edges[turned], shifts[turned] = edges[turned][:, ::-1], -shifts[turned]
    order = rng.permutation(len(bars))
    again = net("any", CUBE, vertices + cells, edges[order], shifts[order])
    np.testing.assert_allclose(again.vertices, made.vertices, atol=1e-12)
    np.testing.assert_array_equal(again.edges, made.edges)
    np.testing.assert_array_equal(again.shifts, made.shifts)


def test_lattices_have_their_lengths_and_angles() -> None:
    rows = lattice_from(3, 4, 5, 80, 95, 110)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [3, 4, 5])
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    angles = np.degrees(np.arccos([unit[1] @ unit[2], unit[0] @ unit[2], unit[0] @ unit[1]]))
    np.testing.assert_allclose(angles, [80, 95, 110])
    assert lattice_from(2, 2, 3).tolist() == [[2, 0, 0], [0, 2, 0], [0, 0, 3]]
    with pytest.raises(ZooError, match="no cell has .* angles 30, 40, 120"):
        lattice_from(1, 1, 1, 30, 40, 120)


def test_what_is_no_net_is_refused_with_all_its_faults() -> None:
    with pytest.raises(ZooError) as caught:
        net("bad", np.zeros((3, 3)), [[0, np.nan, 0]], [(0, 3)], [(0, 0, 0)])
    assert [problem.split(": ")[1] for problem in caught.value.problems] == [
        "its lattice spans no volume",
        "its vertices have coordinates that are not numbers",
        "it has bars between vertices that are not among its 1",
    ]
    with pytest.raises(ZooError, match="bad: 2 of its bars have no length"):
        net("bad", CUBE, [[0, 0, 0], [0, 0, 1]], [(0, 0), (0, 1), (0, 0)], [(0, 0, 0), (0, 0, -1), (1, 0, 0)])
    with pytest.raises(ZooError, match="bad: it has no bars"):
        net("bad", CUBE, [[0, 0, 0]], [], [])
