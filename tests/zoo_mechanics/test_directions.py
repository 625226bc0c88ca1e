"""Properties of turned copies are those that homogenisation finds of the turned cells."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from zoo import turn_property
from zoo.data.importing import import_data
from zoo.data.opening import open_data
from zoo.data.tables import PropertyTable, write_table
from zoo_mechanics.elasticity.moduli import poisson, shear, young
from zoo_mechanics.elasticity.voigt import COMPONENTS, rotate as rotate_stiffness
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_voxels.likeness.rotations import MATRICES, ROTATIONS, rotate

PAIRS = ("xy", "xz", "yx", "yz", "zx", "zy")
ORDER = "xyz"


def cells(count: int) -> Tensor:
    """Anisotropic cells of 8^3 voxels without any symmetry: a random wall under random voxels."""
    rng = np.random.default_rng(0)
    made = rng.random((count, 8, 8, 8)) < 0.5
    made[:, :2] = made[:, :, :1] = True
    return torch.from_numpy(made).double()


def stiffness_of(structures: Tensor, lattice: Tensor | None = None) -> Tensor:
    return homogenise(structures.double(), lattice, tolerance=1e-7).stiffness


def numbers_of(stiffness: Tensor) -> dict[str, np.ndarray]:
    """Young's and shear moduli, Poisson's ratios and components of a stiffness, as tables name them."""
    axes = torch.eye(3)
    first, second = axes[[ORDER.index(a) for a, _ in PAIRS]], axes[[ORDER.index(b) for _, b in PAIRS]]
    columns = {f"E_{axis}": column for axis, column in zip(ORDER, young(stiffness, axes).T, strict=True)}
    shears, ratios = shear(stiffness, first, second), poisson(stiffness, first, second)
    columns |= {f"G{pair}": column for pair, column in zip(PAIRS, shears.T, strict=True) if pair in ("xy", "xz", "yz")}
    columns |= {f"nu{pair}": column for pair, column in zip(PAIRS, ratios.T, strict=True)}
    columns |= {name: stiffness[:, int(name[1]) - 1, int(name[2]) - 1] for name in COMPONENTS}
    return {name: column.float().numpy() for name, column in columns.items()}


def test_labels_of_turned_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    structures = cells(4)
    np.savez("cells.npz", structures=structures.numpy().astype(np.uint8))
    stiffness = stiffness_of(structures)
    pushes = np.random.default_rng(1).random((4, 3), np.float32)
    given = numbers_of(stiffness) | {"modulus": young(stiffness, torch.eye(3))[:, 0].float().numpy()}
    write_table(Path("table.csv"), PropertyTable({**given, "whole": stiffness.float().numpy(), "push": pushes}, {}))
    kinds = {"whole": "voigt", "push": "vector"}
    done = import_data("mine", [Path("cells.npz")], table=Path("table.csv"), kinds=kinds, quiet=True)
    entry = {"use": "imported", "name": "mine", "checksum": ""}
    data = open_data(entry, quiet=True)
    assert (done.count, data.card.kinds) == (4, kinds)
    everything = np.arange(len(data.train))
    batch = data.train.batch(everything, torch.device("cpu"))
    properties = batch["properties"]
    homogenised = stiffness_of(batch["structure"])
    expected = numbers_of(homogenised)
    assert len(everything) == 3 * len(ROTATIONS)
    for name, values in expected.items():
        np.testing.assert_allclose(properties[name], values, atol=2e-5, err_msg=name)
        np.testing.assert_array_equal(data.train.properties(name), properties[name])
    np.testing.assert_allclose(properties["whole"], homogenised, atol=2e-5)
    turns = torch.from_numpy(np.tile(MATRICES, (3, 1, 1))).float()
    before = properties["push"][::6].repeat_interleave(6, 0)
    torch.testing.assert_close(properties["push"], torch.einsum("nij,nj->ni", turns, before))
    assert (properties["modulus"].view(3, 6) == properties["modulus"][::6, None]).all()
    assert properties["E_x"].view(3, 6).unique(dim=1).shape == (3, 3)
    held_out = data.held_out.batch(np.arange(1), torch.device("cpu"))
    assert (held_out["properties"]["E_x"] == data.held_out.properties("E_x")).all()


@pytest.mark.parametrize("rotation", range(len(ROTATIONS)))
def test_a_lattice_turns_with_its_cell(rotation: int) -> None:
    cell = cells(1)
    lattice = torch.tensor([[[1.0, 0.0, 0.0], [0.3, 0.8, 0.0], [0.1, 0.2, 1.3]]]).double()
    turn = torch.from_numpy(MATRICES[rotation])[None]
    before = stiffness_of(cell, lattice)
    after = stiffness_of(rotate(cell, rotation), turn_property(lattice, "tensor", turn))
    torch.testing.assert_close(after, turn_property(before, "voigt", turn), atol=1e-5, rtol=0)
    torch.testing.assert_close(turn_property(before, "voigt", turn), rotate_stiffness(before, turn))
