"""Angle tables: what is written comes back bit by bit, and nothing is wrapped in silence."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from zoo import ZooError
from zoo.data.store import write_structures
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.components.kirigami import Kirigami
from zoo_kirigami.cuts.geometry import base_angles, crossings

BASE = base_angles(4).astype(np.float32)


@given(rotations=arrays(np.float32, (2, 4, 4), elements=st.floats(-60, 60, width=32)))
@pytest.mark.parametrize("suffix", CutPattern.formats)
def test_cells_come_back(rotations, suffix, tmp_path_factory):
    cells = np.clip(BASE + rotations, BASE - 60, BASE + 60)
    path = tmp_path_factory.mktemp("tables") / f"cells{suffix}"
    CutPattern(60, 4).write(cells, path)
    found = CutPattern(60, 4).read(path)
    assert found.dtype == np.float32 and np.array_equal(found, cells)


def test_the_samples_of_a_run(tmp_path):
    cells = np.stack([BASE, BASE + 1])
    write_structures(tmp_path / "samples.safetensors", cells, binary=False, properties={}, metadata={})
    for path in (tmp_path, tmp_path / "samples.safetensors"):
        assert np.array_equal(CutPattern(60, 4).read(path), cells)
    with pytest.raises(ZooError, match=r"samples.safetensors: structures of shape \(4, 4\), expected \(2, 2\)"):
        CutPattern(60, 2).read(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ZooError, match="empty/samples.safetensors"):
        CutPattern(60, 4).read(tmp_path / "empty")


def test_a_table_by_hand(tmp_path):
    (tmp_path / "cells.csv").write_text("1,90, 92.5,-3\n")
    assert CutPattern(60, 2).read(tmp_path / "cells.csv").tolist() == [[[1, 90], [92.5, -3]]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1,90,91\n", "line 1 holds 3 numbers, and a cell of 2 x 2 cuts has 4"),
        ("1,90,92,3\n1,90,92,x\n", "line 2"),
        ("", "no cells"),
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
        CutPattern(60, 2).read(tmp_path / "cells.csv")


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
    with pytest.raises(ZooError, match="a.csv: cannot be read: No such file"):
        CutPattern(60, 2).read(tmp_path / "a.csv")
    with pytest.raises(ZooError, match="cells: no such file"):
        CutPattern(60, 2).read(tmp_path / "cells")
    (tmp_path / "a.txt").write_text("1,90,92,3")
    with pytest.raises(ZooError, match="unknown format '.txt'; known: .csv, .npy, .npz."):
        CutPattern(60, 2).read(tmp_path / "a.txt")
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ZooError, match="a.csv: it is no text"):
        CutPattern(60, 2).read(tmp_path / "a.csv")


def test_all_bad_lines_are_told_at_once_up_to_twenty(tmp_path):
    (tmp_path / "cells.csv").write_text("1,90,92,3\n1,90,x,3\n1,90\n1,90,92,3\n" + "a\n" * 30)
    with pytest.raises(ZooError) as told:
        CutPattern(60, 2).read(tmp_path / "cells.csv")
    lines = told.value.problems
    assert [line.partition("cells.csv: ")[2][:7] for line in lines[:3]] == ["line 2 ", "line 3 ", "line 5 "]
    assert len(lines) == 21 and lines[-1] == "and 12 more."
