"""Coordination sequences as they are known, and digits that do not depend on how a net is written."""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from zoo import ZooError
from zoo_voxels.components.importers.crystal_graphs import ArcNets
from zoo_voxels.generation.nets import Net, connectivity, net
from zoo_voxels.generation.topology import SHELLS, coordination_sequences, topology

ARCHIVE = Path(__file__).parents[3] / "../shared/data/crystal_nets/rcsr.arc"
MAX_EDGES = 12
CUBE = np.eye(3)
PRIMITIVE = net("pcu", CUBE, [[0, 0, 0]], [(0, 0)] * 3, np.eye(3))
BODY_CENTRED = net("bcu", CUBE, [[0] * 3, [0.5] * 3], [(1, 0)] * 8, list(itertools.product((0, 1), repeat=3)))
PAIRS = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
FACE_CENTRED = net("fcu", CUBE, [[0, 0, 0]], [(0, 0)] * 6, [*PAIRS[1:], (1, -1, 0), (1, 0, -1), (0, 1, -1)])
DIAMOND = net("dia", CUBE, [[0, 0, 0], [0.25] * 3], [(1, 0)] * 4, PAIRS)


def digits(made: Net) -> str:
    return topology(coordination_sequences(made), np.ones(len(made.vertices), np.int64))


@pytest.mark.parametrize(
    ("known", "law"),
    [
        (PRIMITIVE, lambda k: 4 * k * k + 2),
        (BODY_CENTRED, lambda k: 6 * k * k + 2),
        (FACE_CENTRED, lambda k: 10 * k * k + 2),
        (DIAMOND, lambda k: (5 * k * k + 4) // 2),
    ],
    ids=["pcu", "bcu", "fcu", "dia"],
)
def test_sequences_follow_their_laws(known, law) -> None:
    """Conway and Sloane, Low-dimensional lattices VII: coordination sequences (1997)."""
    expected = [law(k) for k in range(1, SHELLS + 1)]
    assert coordination_sequences(known).tolist() == [expected] * len(known.vertices)


def supercell(made: Net, rows: np.ndarray) -> Net:
    """The same net in a cell whose vectors are `rows`, whole numbers of the old ones."""
    size = round(abs(np.linalg.det(rows)))
    inverse = np.linalg.inv(rows)
    around = np.array(list(itertools.product(range(-6, 7), repeat=3)))
    inside = around @ inverse
    cells = around[((inside > -1e-9) & (inside < 1 - 1e-9)).all(1)]
    assert len(cells) == size
    number = {tuple(cell): k for k, cell in enumerate(cells)}
    vertices = [(cell + vertex) @ inverse for cell in cells for vertex in made.vertices]
    edges, shifts = [], []
    for cell, ((i, j), shift) in itertools.product(cells, zip(made.edges, made.shifts, strict=True)):
        whole = np.floor((cell + shift) @ inverse + 1e-9).astype(int)
        reached = number[tuple(cell + shift - whole @ rows)]
        edges.append((number[tuple(cell)] * len(made.vertices) + i, reached * len(made.vertices) + j))
        shifts.append(whole)
    return net(made.name, rows @ made.lattice, vertices, edges, shifts)


@pytest.mark.parametrize("known", [PRIMITIVE, BODY_CENTRED, FACE_CENTRED, DIAMOND], ids=lambda known: known.name)
@given(st.lists(st.integers(-1, 2), min_size=9, max_size=9).map(lambda values: np.reshape(values, (3, 3))))
@settings(max_examples=8, deadline=None)
def test_digits_are_of_the_net_and_not_of_its_cell(known, rows) -> None:
    if 1 <= round(abs(np.linalg.det(rows))) <= 4:
        other = supercell(known, rows)
        assert connectivity(other) == (1, 3)
        assert digits(other) == digits(known)


def test_known_nets_differ() -> None:
    assert len({digits(known) for known in (PRIMITIVE, BODY_CENTRED, FACE_CENTRED, DIAMOND)}) == 4


def test_nearly_all_nets_of_the_rcsr_are_told_apart() -> None:
    """The archive holds each net once, by a canonical form that does tell all nets apart."""
    if not ARCHIVE.exists():
        pytest.skip(f"{ARCHIVE} is not there")
    made = list(small(ArcNets()))
    assert len(made) > 300
    assert len({digits(found) for found in made}) > 0.95 * len(made)


def small(reader: ArcNets) -> Iterator[Net]:
    """The nets of the archive that are 3-periodic, in one piece, and have few edges."""
    for key, name in reader.entries(ARCHIVE):
        if len(key.split()) <= 1 + 5 * MAX_EDGES:
            with suppress(ZooError):
                found, _ = reader.net((key, name))
                if connectivity(found) == (1, 3):
                    yield found
