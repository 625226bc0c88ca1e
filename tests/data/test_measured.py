"""Data with a property more: what `properties` in a dataset's block does."""

from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from zoo import ZooError
from zoo.building.builder import build
from zoo.cli.app import app
from zoo.data.opening import open_data
from zoo.interfaces.dataset import Dataset
from zoo_mechanics.homogenisation.solve import homogenise
from zoo_voxels.components.metashell import MetaShell

BLOCK = {"use": "metashell", "resolution": 8, "count": 34, "properties": {"use": "stiffness"}}


def test_every_item_has_the_property_of_its_own_structure(tmp_path: Path) -> None:
    plain = MetaShell(resolution=8, count=34)
    replaced = np.concatenate([chunk.structures for chunk in plain.chunks()]) != plain.make(range(34)).structures
    assert replaced.any(), "settled, some cells are others than were made"
    store = open_data(BLOCK, quiet=True, root=tmp_path).store
    cells = store.hard(np.arange(34))
    expected = homogenise(torch.from_numpy(cells).float()).stiffness
    assert torch.equal(store.properties["stiffness"], expected)
    assert {"volume_fraction", "young", "bulk", "shear"} < store.properties.keys()


def test_a_card_has_the_units_of_what_was_measured(tmp_path: Path) -> None:
    units = build(Dataset, BLOCK).card().units
    assert units["volume_fraction"] == "" and "Young's modulus" in units["bulk"]


def test_data_with_and_without_lie_apart(tmp_path: Path) -> None:
    plain = open_data({key: BLOCK[key] for key in BLOCK if key != "properties"}, quiet=True, root=tmp_path)
    assert plain.folder != open_data(BLOCK, quiet=True, root=tmp_path).folder
    assert "stiffness" not in plain.store.properties


def test_a_stopped_build_keeps_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo_mechanics.components.stiffness_property import Stiffness

    values, asked = Stiffness.values, []

    def stopped(self: Stiffness, structures: torch.Tensor, lattice: torch.Tensor) -> dict[str, torch.Tensor]:
        asked.append(len(structures))
        if asked == [32, 2]:
            raise KeyboardInterrupt
        return values(self, structures, lattice)

    monkeypatch.setattr(Stiffness, "values", stopped)
    with pytest.raises(KeyboardInterrupt):
        open_data(BLOCK, quiet=True, root=tmp_path)
    open_data(BLOCK, quiet=True, root=tmp_path)
    assert asked[:3] == [32, 2, 2]


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path))
    small = ["--set", "resolution=8", "--set", "count=10"]
    short = ["--count", "10", "--set", "resolution=8", "--properties", "stiffness"]
    done = CliRunner().invoke(app, ["data", "build", "spinodoid", *short])
    assert "10 structures" in done.stdout
    shown = CliRunner().invoke(app, ["data", "info", "spinodoid", *small, "--set", "properties.use=stiffness"])
    assert "bulk" in shown.stdout and "cone_angles" in shown.stdout
    wrong = CliRunner().invoke(app, ["data", "build", "spinodoid", *small, "--properties", "stifness"])
    assert isinstance(wrong.exception, ZooError) and "stiffness" in str(wrong.exception)
