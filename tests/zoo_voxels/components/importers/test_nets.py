"""Crystal nets from `.cgd` and `.arc` files."""

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from zoo import Entry, ZooError
from zoo_voxels.components.importers.crystal_graphs import ArcNets, barycentric
from zoo_voxels.components.importers.crystal_nets import CgdNets
from zoo_voxels.formats.space_groups import settings
from zoo_voxels.formats.trusses import NetImporter
from zoo_voxels.generation.nets import Net, connectivity
from zoo_voxels.generation.struts import voxelise

Real = Callable[[str], Path]
CGD = """\
CRYSTAL
  NAME pcu
  GROUP Pm-3m
  CELL 1 1 1 90 90 90
  NODE 1 6  0 0 0
  EDGE  0 0 0   1 0 0
END
"""
GRAPH = "key 3 1 2 0 0 0 1 2 1 0 0 1 2 0 1 0 1 2 0 0 1\nid dia\n"


def nets(importer: NetImporter, path: Path) -> Iterator[tuple[str, Net | str]]:
    """Name and net of each entry, or what is wrong with it."""
    for entry in importer.entries(path):
        try:
            importer.convert(entry)
            yield (net := importer.net(entry)[0]).name, net
        except ZooError as error:
            name, _, problem = str(error).partition(": ")
            yield name, problem


def converted(importer: NetImporter, path: Path) -> list[Entry]:
    return [importer.convert(entry) for entry in importer.entries(path)]


def rings(net: Net, reach: int) -> list[list[int]]:
    """The coordination sequence of each vertex, by walking: a net's fingerprint in the literature."""
    steps: dict[int, list[tuple[int, tuple[int, int, int]]]] = {i: [] for i in range(len(net.vertices))}
    for (i, j), (x, y, z) in zip(net.edges.tolist(), net.shifts.tolist(), strict=True):
        steps[i].append((j, (x, y, z)))
        steps[j].append((i, (-x, -y, -z)))
    found = []
    for start in steps:
        seen = frontier = {(start, 0, 0, 0)}
        sizes = []
        for _ in range(reach):
            frontier = {(j, x + a, y + b, z + c) for i, x, y, z in frontier for j, (a, b, c) in steps[i]} - seen
            seen = seen | frontier
            sizes.append(len(frontier))
        found.append(sizes)
    return found


@pytest.fixture(scope="module")
def cgd(real: Real, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Net | str]:
    folder = tmp_path_factory.mktemp("cgd")
    with zipfile.ZipFile(real("crystal_nets/rcsr_2400_cgd.zip")) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.endswith(".cgd")])
    files = sorted(folder.glob("*.cgd"))
    assert len(files) == 2400
    importer = CgdNets(resolution=16)
    return {file.stem: found for file in files for _, found in nets(importer, file)}


@pytest.fixture(scope="module")
def arc(real: Real) -> dict[str, Net | str]:
    return dict(nets(ArcNets(resolution=16), real("crystal_nets/rcsr.arc")))


class TestRealFiles:
    def test_every_cgd_net_but_four(self, cgd: dict[str, Net | str]) -> None:
        wrong = {name: problem for name, problem in cgd.items() if isinstance(problem, str)}
        assert len(cgd) - len(wrong) == 2396
        assert wrong.keys() == {"lcw_component_3", "llw-z", "mhq", "tfy-a"}
        assert wrong["lcw_component_3"].endswith("wrong or missing: CELL.")  # It is a rod.
        assert wrong["llw-z"] == "3 of its bars have no length"
        assert wrong["mhq"] == "node 1 has 12 neighbours, and its line says 3."
        assert wrong["tfy-a"] == "some of its vertices are in one place."

    def test_every_arc_net_that_can_be_placed(self, arc: dict[str, Net | str]) -> None:
        assert len(arc) == 3031
        problems = Counter(net.split(",")[0] for net in arc.values() if isinstance(net, str))
        assert problems.pop("it is 2-periodic") == 200
        assert sum(not isinstance(net, str) for net in arc.values()) == 2815
        assert sum(problems.values()) == 16

    def test_both_files_hold_the_same_nets(self, cgd: dict[str, Net | str], arc: dict[str, Net | str]) -> None:
        """A cell of the one may hold several of the other: the ratio of edges to vertices is the same, and so are the
        coordination sequences, for those that are small."""
        shared = [name for name, net in cgd.items() if not isinstance(net, str) and isinstance(arc.get(name), Net)]
        pairs = [(name, cgd[name], arc[name]) for name in shared]
        assert len(pairs) > 2200
        differ = {name for name, a, b in pairs if len(a.edges) * len(b.vertices) != len(b.edges) * len(a.vertices)}
        # Here the files say different things: the neighbours that a `.cgd` file itself says its nodes have.
        assert differ == {"dnv", "fnf", "msx", "tfm", "xay", "xbo", "ydq"}
        small = [(name, a, b) for name, a, b in pairs if len(a.vertices) <= 8 and name not in differ][:60]
        assert [name for name, a, b in small if set(map(tuple, rings(a, 4))) != set(map(tuple, rings(b, 4)))] == []

    def test_the_rcsr_draws_edges_of_length_one(self, cgd: dict[str, Net | str]) -> None:
        """Most of its embeddings have been relaxed to that."""
        lengths = np.concatenate([net.lengths() for net in cgd.values() if not isinstance(net, str)])
        assert np.median(lengths) == pytest.approx(1, abs=2e-3)


class TestCgd:
    def test_nets_known_by_heart(self, files: Path) -> None:
        (_, pcu), (_, dia) = nets(CgdNets(resolution=16), files / "nets.cgd")
        assert isinstance(pcu, Net)
        assert isinstance(dia, Net)
        assert (len(pcu.vertices), len(pcu.edges), len(dia.vertices), len(dia.edges)) == (1, 3, 8, 16)
        assert rings(pcu, 4) == [[6, 18, 38, 66]]
        assert rings(dia, 5) == 8 * [[4, 12, 24, 42, 64]]
        assert dia.lengths() == pytest.approx(1, abs=1e-4)

    def test_properties(self, files: Path) -> None:
        pcu, dia = converted(CgdNets(resolution=16), files / "nets.cgd")
        assert (pcu.properties["coordination"], pcu.properties["space_group"]) == (6, 221)
        assert (dia.properties["coordination"], dia.properties["space_group"]) == (4, 227)
        np.testing.assert_allclose(dia.properties["lattice"], np.eye(3))
        assert pcu.properties["volume_fraction"] == pcu.structure.mean()

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("END\n", "", "pcu: it has no END."),
            ("Pm-3m", "Qm-3m", "pcu: there is no space group 'Qm-3m'."),
            ("Pm-3m", "Fd-3m:3", "Its settings: 1, 2."),
            ("NODE 1 6  0 0 0", "NODE 1 4  0 0 0", "pcu: node 1 has 6 neighbours, and its line says 4."),
            ("NODE 1 6  0 0 0", "NODE 1 6  0 nan 0", "pcu: NODE 1: expected 3 numbers, got '0 nan 0'"),
            ("NODE 1 6  0 0 0", "", "wrong or missing: NODE"),
            ("0 0 0   1 0 0", "0 0 0   0 0 0", "pcu: 1 of its bars have no length"),
            ("0 0 0   1 0 0", "0 0 0   1 0", "EDGE 0 0 0 1 0: expected two ends."),
            ("0 0 0   1 0 0", "0 0 0   0.5 0 0", "pcu: an edge ends where no node is."),
            ("0 0 0   1 0 0", "0 0 0   1 0 0 0", "expected two ends"),
            ("1 1 1 90", "1 1 0 90", "pcu: no cell has lengths 1, 1, 0"),
            ("CELL 1 1 1 90 90 90", "CELL 1 1 90", "CELL: expected 6 numbers"),
            ("Pm-3m", "P4/mmm", "pcu: node 1 has 4 neighbours, and its line says 6."),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path: Path, old: str, new: str, words: str) -> None:
        assert old in CGD
        (path := tmp_path / "bad.cgd").write_text(CGD.replace(old, new))
        importer = CgdNets(resolution=8)
        [entry] = importer.entries(path)
        with pytest.raises(ZooError, match=re.escape(words)):
            importer.convert(entry)

    def test_layers_are_no_cells(self, tmp_path: Path) -> None:
        layer = CGD.replace("Pm-3m", "P4/mmm").replace("NODE 1 6", "NODE 1 4")
        (path := tmp_path / "layer.cgd").write_text(layer)
        importer = CgdNets(resolution=8)
        with pytest.raises(ZooError, match="pcu: it is 2-periodic, not 3-periodic."):
            importer.convert(next(importer.entries(path)))

    @pytest.mark.parametrize(
        ("symbol", "number", "order"),
        [
            ("P1", 1, 1),
            ("P21/c", 14, 4),
            ("P121/n1", 14, 4),
            ("Cmca", 64, 16),
            ("Ccca:2", 68, 16),
            ("R-3m:H", 166, 36),
            ("R-3m:R", 166, 12),
            ("P6122", 178, 12),
            ("Fd-3m:2", 227, 192),
            ("Ia-3d", 230, 96),
        ],
    )
    def test_space_groups(self, symbol: str, number: int, order: int) -> None:
        """Numbers and orders (per cell) from the International Tables."""
        found = settings(symbol)[0]
        assert (found.number, len(found.rotations)) == (number, order)

    def test_the_second_origin_comes_first(self) -> None:
        assert [len(settings(name)) for name in ("Fd-3m", "Fd-3m:2", "R-3m")] == [2, 1, 2]
        np.testing.assert_array_equal(settings("Fd-3m")[0].translations, settings("Fd-3m:2")[0].translations)
        assert len(settings("R-3m")[0].rotations) == 36


class TestArc:
    def test_diamond_is_as_symmetric_as_it_is(self, files: Path) -> None:
        """Its bars have one length and meet at the angle of a tetrahedron."""
        pcu, dia = (net for _, net in nets(ArcNets(resolution=16), files / "nets.arc"))
        assert isinstance(pcu, Net)
        assert isinstance(dia, Net)
        np.testing.assert_allclose(pcu.lattice @ pcu.lattice.T, pcu.lattice[0, 0] ** 2 * np.eye(3), atol=1e-12)
        start, end = dia.bars()
        bars = (end - start) @ dia.lattice
        cosines = bars @ bars.T / (bars[0] @ bars[0])
        np.testing.assert_allclose(cosines, np.where(np.eye(4), 1, -1 / 3), atol=1e-12)

    def test_vertices_are_the_means_of_their_neighbours(self, arc: dict[str, Net | str]) -> None:
        for net in [net for net in arc.values() if isinstance(net, Net)][:300]:
            start, end = net.bars()
            pull = np.zeros_like(net.vertices)
            np.add.at(pull, net.edges[:, 0], end - start)
            np.add.at(pull, net.edges[:, 1], start - end)
            assert np.abs(pull).max() < 1e-8

    def test_placement_in_a_line(self) -> None:
        """Three vertices on a ring, two of them joined twice."""
        places = barycentric(3, np.array([[0, 1], [1, 2], [1, 2], [2, 0]]), np.array([[0] * 3] * 3 + [[1, 0, 0]]))
        np.testing.assert_allclose(places[:, 0], [0, 0.4, 0.6])

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("key 3", "key 2", "dia: it is 2-periodic"),
            ("0 0 1\n", "0 0\n", "dia: its key has 19 numbers after the first, expected five for each edge."),
            ("0 0 1\n", "0 0 1.5\n", "dia: its key holds more than whole numbers."),
            ("1 2 0 0 0", "1 4 0 0 0", "dia: its vertices are not numbered"),
            ("1 2 0 0 1", "1 2 0 0 0", "dia: it is not 3-periodic."),
            ("key 3 1 2 0 0 0 1 2 1 0 0 1 2 0 1 0 1 2 0 0 1", "key 3", "has 0 numbers"),
            ("1 2 0 0 0", "1 2 0 0 0 1 1 0 0 0", "dia: 1 of its bars have no length"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path: Path, old: str, new: str, words: str) -> None:
        assert old in GRAPH
        (path := tmp_path / "bad.arc").write_text(GRAPH.replace(old, new))
        importer = ArcNets(resolution=8)
        [entry] = importer.entries(path)
        with pytest.raises(ZooError, match=re.escape(words)):
            importer.convert(entry)


def test_the_importers_voxelise_as_they_are_told(files: Path) -> None:
    importer = CgdNets(resolution=10, radius=0.15, frame="real", rule="line")
    dia = list(importer.entries(files / "nets.cgd"))[1]
    expected = voxelise(importer.net(dia)[0], 10, 0.15, "real", "line")
    np.testing.assert_array_equal(importer.convert(dia).structure, expected)
    assert connectivity(importer.net(dia)[0]) == (1, 3)


@pytest.mark.parametrize("radius", [0.0, -1.0, 0.5])
def test_a_radius_that_cannot_be(radius: float) -> None:
    with pytest.raises(ZooError, match="is not between 0 and 1/2"):
        CgdNets(radius=radius)
