"""The catalogue of Lumpe & Stankovic, as published and as `.lat` files."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from zoo import ZooError
from zoo_voxels.components.importers.lattices import LatCatalogue
from zoo_voxels.components.importers.lumpe_catalogue import LumpeCatalogue
from zoo_voxels.generation.nets import net
from zoo_voxels.generation.struts import voxelise

Real = Callable[[str], Path]


def fundamental(lines: list[str], lattice: np.ndarray) -> np.ndarray | None:
    """Voxels from the edges that a `.lat` file lists without any cut, if it does."""

    def numbers(label: str, kind: type) -> np.ndarray | None:
        if label not in lines:
            return None
        start = lines.index(label) + 1
        rows = lines[start : lines.index("", start) if "" in lines[start:] else None]
        return np.array([[kind(word) for word in row.split()] for row in rows])

    nodes, edges = numbers("Nodal positions:", float), numbers("Fundamental edge adjacency", int)
    shifts = numbers("Fundamental tesselation vectors", int)
    if nodes is None or edges is None or shifts is None:
        return None
    return voxelise(net("fundamental", lattice, nodes, edges, shifts), 24)


def test_twenty_real_cells(real: Real) -> None:
    importer = LatCatalogue(resolution=24)
    compared = 0
    entries = list(importer.entries(real("lattices/sample_20.lat")))
    assert len(entries) == 20
    for lines in entries:
        entry = importer.convert(lines)
        whole = fundamental(lines, entry.properties["lattice"])
        if whole is not None:
            np.testing.assert_array_equal(entry.structure, whole, err_msg=lines[0])
            compared += 1
    assert compared >= 10


def test_coordination_is_that_in_the_names(real: Real) -> None:
    """Of nets of the RCSR, whose names have it as `Z04.0`: faces of the cell that cut bars add no joints."""
    importer = LatCatalogue(resolution=12)
    cells = list(map(importer.convert, importer.entries(real("lattices/sample_20.lat"))))
    named = {str(cell.name): cell.properties["coordination"] for cell in cells if "_R" in str(cell.name)}
    assert len(named) == 14
    for name, coordination in named.items():
        assert coordination == float(name.split("_")[1].removeprefix("Z"))


def test_compliance_is_in_mandel_order(real: Real, files: Path) -> None:
    """At low density a stretching-dominated cubic lattice along x, y and z has E = density / 3 along them."""
    importer = LatCatalogue()
    first = importer.convert(next(importer.entries(real("lattices/sample_20.lat"))))
    compliance = first.properties["compliance_0.001"]
    np.testing.assert_allclose(np.diag(compliance)[:3], 3 / 0.001, rtol=1e-6)
    np.testing.assert_array_equal(compliance, compliance.T)
    own = importer.convert(next(importer.entries(files / "cells.lat")))
    expected = np.diag([300.0, 310, 320, 9000, 9100, 9200])
    expected[[0, 1, 0, 2, 1, 2], [1, 0, 2, 0, 2, 1]] = [-1, -1, -2, -2, -3, -3]
    np.testing.assert_array_equal(own.properties["compliance_0.01"], expected)


def test_what_the_catalogue_lists_is_kept(files: Path) -> None:
    """By the names that it has there, where an entry has them; what the file begins with is not an entry."""
    importer = LumpeCatalogue(resolution=12)
    first, second = map(importer.convert, importer.entries(files / "catalogue.txt"))
    listed = {name: value for name, value in first.properties.items() if name in importer.units}
    names = ["Ex", "Ey", "Ez", "Gyz", "Gxz", "Gxy", "nuxy", "nuxz", "nuyx", "nuyz", "nuzx", "nuzy"]
    names += ["Cx", "Cy", "Cz", "nx", "ny", "nz"]
    values = [3.33333e-3, 3.3e-3, 3.2e-3, 1.1e-5, 1.2e-5, 1.3e-5, 0.01, 0.02, -0.03, 0.04, 0.05, 0.06]
    assert listed == dict(zip(names, [*values, 0.33333, 0.33, 0.32, 1, 1, 1.01], strict=True))
    assert second.properties.keys() == {"volume_fraction", "coordination", "lattice"}


def test_compliance_in_another_notation_is_the_same_tensor(tmp_path: Path, files: Path) -> None:
    """In Voigt's the shear rows and columns of compliance are the root of two larger each; radii of edges, which have
    the same labels, are none of it."""
    text = (files / "cells.lat").read_text()
    numbers = "300,-1,-2,0,0,0,310,-3,0,0,0,320,0,0,0,9000,0,0,9100,0,9200"
    assert numbers in text
    text = text.replace("Mandel", "Voigt").replace(
        numbers, numbers.replace("9000,", "18000,").replace("-2,0,", "-2,4,")
    )
    radii = "Fundamental edge radii start\n-> at relative density 0.01:\n1,2,3\nFundamental edge radii end\n\n"
    (path := tmp_path / "cells.lat").write_text(text.replace("Nodal positions", radii + "Nodal positions"))
    [entry] = LatCatalogue(resolution=12).entries(path)
    compliance = LatCatalogue(resolution=12).convert(entry).properties["compliance_0.01"]
    np.testing.assert_allclose(np.diag(compliance), [300, 310, 320, 9000, 4550, 4600])
    np.testing.assert_allclose(compliance[0, 3], 4 / 2**0.5)


@pytest.mark.parametrize(
    ("importer", "file"), [(LatCatalogue(resolution=24), "cells.lat"), (LumpeCatalogue(resolution=24), "catalogue.txt")]
)
def test_three_bars_that_cross(importer: LatCatalogue, file: str, files: Path) -> None:
    """Bars that are cut at the faces are whole again: the cell is the benchmark's simple cubic one."""
    expected = voxelise(
        net("cross", np.eye(3), [[0.5, 0.5, 0.5]], [[0, 0]] * 3, np.eye(3)), importer.resolution, importer.radius
    )
    entries = list(importer.entries(files / file))
    assert len(entries) == (1 if file == "cells.lat" else 2)
    for entry in map(importer.convert, entries):
        np.testing.assert_array_equal(entry.structure, expected)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("1 4\n", "1 1\n", "cub_Z06.0_P1: bar 1 has no length."),
        ("1 4\n", "0 4\n", "cub_Z06.0_P1: bar 1 is between nodes of which there are only 7."),
        ("1 4\n", "1 8\n", "bar 1 is between nodes of which there are only 7."),
        ("1 4\n", "1 4 5\n", "bar 1: expected the numbers of two nodes, got '1 4 5'"),
        ("0.00000 0.50000 0.50000", "0.00000 0.50000", "node 1: expected 3 numbers, got '0.00000 0.50000'"),
        ("0.00000 0.50000 0.50000", "nan 0.50000 0.5", "node 1: expected 3 numbers"),
        ("0.00000 0.50000 0.50000", "-0.2 0.50000 0.5", "its nodes reach from -0.2 to 1, expected 0 to 1."),
        ("1.00000, 1.00000, 1.00000, 90", "1.00000, 1.00000, 90", "unit cell parameters: expected 6 numbers"),
        ("1.00000, 90.00000", "-1.0, 90.0", "no cell has lengths 1, 1, -1"),
        ("Bar connectivities:", "Bars:", "cub_Z06.0_P1: it lacks 'Bar connectivities'."),
        ("3 4\n4 5\n4 6\n4 7\n", "4 6\n4 7\n", "cub_Z06.0_P1: it is 2-periodic, not 3-periodic."),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, files: Path, old: str, new: str, words: str) -> None:
    text = (files / "catalogue.txt").read_text()
    assert old in text
    (path := tmp_path / "bad.txt").write_text(text.replace(old, new, 1))
    importer = LumpeCatalogue(resolution=24)
    first, second = importer.entries(path)
    with pytest.raises(ZooError, match=re.escape(words)):
        importer.convert(first)
    importer.convert(second)


def test_a_file_that_ends_early(tmp_path: Path, files: Path) -> None:
    text = (files / "catalogue.txt").read_text()
    (path := tmp_path / "bad.txt").write_text(text[: text.rindex("Bar")])
    importer = LumpeCatalogue(resolution=24)
    _, last = importer.entries(path)
    with pytest.raises(ZooError, match="cub_Z06.0_P2: it lacks 'Bar connectivities'."):
        importer.convert(last)
