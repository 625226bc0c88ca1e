"""Angle tables: what is written comes back bit by bit, and nothing is wrapped in silence."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo.data.store import write_structures
from zoo_kirigami.commands.options import read_patterns
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.components.kirigami import Kirigami
from zoo_kirigami.cuts.geometry import base_angles, crossings

BASE = base_angles(4).astype(np.float32)


def read(path, n=4):
    return read_patterns(path, n, 60).structures


@given(rotations=arrays(np.float32, (2, 4, 4), elements=st.floats(-60, 60, width=32)))
@pytest.mark.parametrize("suffix", CutPattern.formats)
def test_cells_come_back(rotations, suffix, tmp_path_factory):
    cells = np.clip(BASE + rotations, BASE - 60, BASE + 60)
    path = tmp_path_factory.mktemp("tables") / f"cells{suffix}"
    CutPattern(60, 4).write(cells, path)
    found = read(path)
    assert found.dtype == np.float32 and np.array_equal(found, cells)


def test_the_samples_of_a_run(tmp_path):
    cells = np.stack([BASE, BASE + 1])
    write_structures(tmp_path / "samples.safetensors", cells, binary=False, properties={}, metadata={})
    for path in (tmp_path, tmp_path / "samples.safetensors"):
        assert np.array_equal(read(path), cells)
    with pytest.raises(ZooError, match="samples.safetensors: its structures are 4x4, and those of cut-pattern 2x2"):
        read(tmp_path, 2)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZooError, match="empty: it is not the folder of a run, which has samples.safetensors"):
        read(tmp_path / "empty")


def test_a_table_by_hand(tmp_path):
    (tmp_path / "cells.csv").write_text("1,90, 92.5,-3\n")
    assert read(tmp_path / "cells.csv", 2).tolist() == [[[1, 90], [92.5, -3]]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,90,91\n", "it holds no cell, of as many numbers as the square of an even one"),
        ("1,90,92,3\n1,90,92,x\n", "entry 2: it does not hold numbers"),
        ("1,90,92,3\n1,90,91\n", "entry 2: 3 angles are not a cell"),
        ("", "it holds no cell"),
        ("1,90,nan,3\n", "finite"),
        ("1,90,inf,3\n", "finite"),
        ("1,90,92,61\n", "row 1, column 1: 61"),
        ("1,29,92,0\n", "row 0, column 1: 29"),
        ("181,90,92,0\n", "row 0, column 0: 181"),
    ],
)
def test_tables_that_are_refused(tmp_path, text, problem):
    (tmp_path / "cells.csv").write_text(text)
    with pytest.raises(ZooError, match=problem):
        read(tmp_path / "cells.csv", 2)


@pytest.mark.parametrize("length", [0, -1, 2, 2.5, np.nan])
def test_cuts_that_could_reach_second_neighbours(length):
    with pytest.raises(ZooError, match="cut_length"):
        Kirigami(cut_length=length)
    with pytest.raises(ZooError, match="cut_length"):
        crossings(BASE[None], length)


def test_longer_cuts_cross_earlier_and_shorter_ones_later():
    """Cuts shorter than a unit reach no neighbour; a cell that is made for longer ones is free at that length."""
    rng = np.random.default_rng(0)
    cells = base_angles(6) + rng.uniform(-90, 90, (2000, 6, 6))
    counts = [crossings(cells, length).mean() for length in (0.99, 1.2, 3**0.5, 1.95)]
    assert counts[0] == 0
    assert sorted(counts) == counts
    made = next(Kirigami(90, count=200, cut_length=1.95).chunks()).structures
    assert not crossings(made, 1.95).any()
    assert Kirigami(90, cut_length=1.95).domain()["cut_length"] == 1.95


def test_files_that_are_not_there_or_no_text(tmp_path):
    with pytest.raises(ZooError, match="a.csv: no such file"):
        read(tmp_path / "a.csv", 2)
    with pytest.raises(ZooError, match="cells: no such file"):
        read(tmp_path / "cells", 2)
    (tmp_path / "a.txt").write_text("1,90,92,3")
    with pytest.raises(ZooError, match="a.txt: no importer of cut-pattern can read it"):
        read(tmp_path / "a.txt", 2)
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ZooError, match="a.csv: .*it is not text"):
        read(tmp_path / "a.csv", 2)


def test_all_bad_lines_are_told_at_once_each_kind_by_its_first(tmp_path):
    (tmp_path / "cells.csv").write_text("1,90,92,3\n1,90,x,3\n1,90\n1,90,92,3\n" + "a\n" * 30)
    with pytest.raises(ZooError) as told:
        read(tmp_path / "cells.csv", 2)
    assert [line.partition("cells.csv: ")[2] for line in told.value.problems] == [
        "entry 2: it does not hold numbers between commas. It is the same with 30 others.",
        "entry 3: 2 angles are not a cell: it has the square of an even number.",
    ]
