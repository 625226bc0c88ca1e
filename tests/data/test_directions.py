"""Which properties depend on direction, and what is done about those that cannot be turned."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from typer.testing import CliRunner

from zoo import Domain, Kind, Structure, ZooError, turn_property
from zoo.cli.app import app
from zoo.data.directions import Directions, kind_of
from zoo.data.importing import import_data
from zoo.data.making import read_description
from zoo.data.opening import open_data
from zoo.recipes import resolve
from zoo.runs.run import Options, run
from zoo.system.places import imported_folder
from zoo_voxels.likeness.rotations import ROTATIONS

DIRECTIONAL = """
    E_x Ex Ey E1 E_2 E11 E_xx E_X EX E_x_rel G_yz Gyz G12 G_13 nu_xy nuxy nu12 nu_21 vxy C11 C_11 C44 C_56 S12 c11 Cx nx
    stiffness_11 compliance_66 youngs_modulus_x young_1 poissons_ratio_xy shear_modulus_yz length_z k_xx
"""
SCALAR = """
    volume_fraction porosity density complexity max modulus young bulk shear coordination space_group order C C0 C10 C1
    E E_mean E0 nu K G layer_1 cell_12 volume_fraction_128 stiff_share goal isotropic d33 index matrix
"""


class Turning(Domain):
    """Cells in two orientations, the second a quarter turn about z."""

    orientations = 2

    def __init__(self) -> None:
        self.structure = Structure((2, 2, 2), 0.0, 1.0)

    def harden(self, soft: Tensor) -> Tensor:
        return soft

    def figures(self, structures: np.ndarray) -> list:
        return []

    def orient_property(self, values: Tensor, kind: Kind, orientation: Tensor) -> Tensor:
        turns = torch.stack([torch.eye(3), torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])])
        return turn_property(values, kind, turns[orientation])


class Silent(Turning):
    """One that does not say how properties turn."""

    orient_property = Domain.orient_property


@pytest.mark.parametrize("name", DIRECTIONAL.split())
def test_names_with_axes_depend_on_direction(name: str) -> None:
    assert kind_of(name, (), {}) == "axes"
    assert kind_of(name, (), {name: "scalar"}) == kind_of(name, (5,), {}) == "scalar"


@pytest.mark.parametrize("name", SCALAR.split())
def test_all_others_are_scalars(name: str) -> None:
    assert kind_of(name, (), {}) == "scalar"


def test_a_lattice_is_a_tensor() -> None:
    assert kind_of("lattice", (3, 3), {}) == "tensor"


def turned(domain: Domain, **values: float) -> dict[str, float]:
    """Numbers of one structure after the domain's last turn."""
    directions = Directions(dict.fromkeys(values, ()), {}, domain)
    columns = {name: torch.tensor([float(value)]) for name, value in values.items()}
    return {name: float(column) for name, column in directions.turned(columns, torch.tensor([1])).items()}


def test_components_of_a_tensor_change_sign_and_moduli_do_not() -> None:
    assert turned(Turning(), k_xx=1, k_yy=2, k_zz=3, k_xy=4, k_xz=5, k_yz=6) == {
        "k_xx": 2, "k_yy": 1, "k_zz": 3, "k_xy": -4, "k_xz": -6, "k_yz": 5,
    }  # fmt: skip
    assert turned(Turning(), Gxy=4, Gxz=5, Gyz=6) == {"Gxy": 4, "Gxz": 6, "Gyz": 5}
    assert turned(Turning(), nuxy=1, nuyx=2, modulus=3) == {"nuxy": 2, "nuyx": 1, "modulus": 3}
    assert turned(Turning(), C16=1, C26=2, C11=3, C22=4) == {"C16": -2, "C26": -1, "C11": 4, "C22": 3}


def test_what_cannot_be_turned_is_not_known() -> None:
    assert np.isnan(list(turned(Turning(), Ex=1, nuxy=2).values())).all()
    assert np.isnan(list(turned(Silent(), Ex=1, Ey=2, Ez=3).values())).all()
    assert turned(Silent(), modulus=1) == {"modulus": 1}


def test_obstacles_are_named() -> None:
    names = dict.fromkeys(("Ex", "nuxy", "G12", "C11", "modulus", "thing"), ())
    kinds: dict[str, Kind] = {"thing": "vector"}
    obstacles = {name: Directions(names, kinds, Turning()).obstacle(name) for name in names}
    assert obstacles == {
        "Ex": "Ey and Ez are not known",
        "nuxy": "nuxz, nuyx, nuyz, nuzx and nuzy are not known",
        "G12": "",
        "C11": "C22 and C33 are not known",
        "modulus": "",
        "thing": "'thing' has values of shape [], and vector is of shape [3]",
    }
    whole = dict.fromkeys(("Ex", "Ey", "Ez"), ())
    assert Directions(whole, {}, Turning()).obstacle("Ex") == ""
    assert Directions(whole, {}, Silent()).obstacle("Ex") == "Silent does not say how it turns"


@pytest.fixture
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    np.savez("cells.npz", structures=(rng.random((10, 12, 12, 12)) < 0.5).astype(np.uint8))
    np.savetxt("table.csv", rng.random((10, 2)), header="E_x,modulus", comments="", delimiter=",")


def imports(name: str, **kinds: str) -> None:
    import_data(name, [Path("cells.npz")], table=Path("table.csv"), kinds=kinds, quiet=True)


def train(name: str, condition: str) -> dict[str, str]:
    """The keys of the stages of a short run."""
    overrides = [f"denoiser.conditions=[{condition}]", "train.autoencoder.epochs=1", "train.denoiser.epochs=1"]
    finished = run(resolve("voxploer", name, size="tiny", overrides=overrides), Options(), [])
    return {stage["name"]: stage["key"] for stage in json.loads(finished.stages.read_text())["stages"]}


@pytest.mark.usefixtures("_home")
class TestImports:
    def test_a_condition_that_cannot_be_turned_is_refused_by_name(self) -> None:
        imports("mine")
        with pytest.raises(ZooError, match="'E_x' depends on direction, and E_y and E_z are not known: .*E_x=scalar"):
            train("mine", "E_x")
        values = open_data({"use": "imported", "name": "mine", "checksum": ""}).train.properties("E_x").view(-1, 6)
        x_stays = [ROTATIONS.index(turn) for turn in ("", "x")]
        assert (~values.isnan().any(0)).nonzero().flatten().tolist() == x_stays

    def test_what_the_user_says_goes_before_the_name(self) -> None:
        imports("mine", E_x="scalar")
        assert train("mine", "E_x")["latents"] == train("mine", "modulus")["latents"]

    def test_the_keys_of_stages_depend_on_how_conditions_turn(self) -> None:
        table = np.random.default_rng(1).random((10, 3))
        np.savetxt("table.csv", table, header="E_x,E_y,E_z", comments="", delimiter=",")
        imports("mine")
        imports("other", E_x="scalar")
        turned, still = (train(name, "E_x") for name in ("mine", "other"))
        assert all(turned[stage] != still[stage] for stage in turned)

    def test_kinds_that_do_not_fit_are_named(self) -> None:
        with pytest.raises(ZooError) as caught:
            imports("mine", E_y="axes", E_x="tenser")
        assert caught.value.problems == (
            "property kind of 'E_y': there is no such property. Did you mean 'E_x'?",
            "property kind of 'E_x': 'tenser' is not one of scalar, axes, vector, tensor, voigt. "
            "Did you mean 'tensor'?",
        )
        with pytest.raises(ZooError) as caught:
            imports("mine", E_x="vector", modulus="axes")
        assert caught.value.problems == (
            "property kind: 'E_x' has values of shape [], and vector is of shape [3].",
            "property kind: there are no axes in the name 'modulus', as in E_x or nu_xy.",
        )

    def test_the_command_takes_kinds(self) -> None:
        words = ["data", "import", "mine", "cells.npz", "--properties", "table.csv"]
        result = CliRunner().invoke(app, [*words, "--property-kind", "E_x=scalar"])
        assert result.exit_code == 0, result.output
        assert read_description(imported_folder("mine")).card.kinds == {"E_x": "scalar"}
        assert CliRunner().invoke(app, [*words, "--property-kind", "E_x"]).exit_code != 0

    def test_a_card_from_before_there_were_kinds_is_read(self) -> None:
        imports("mine")
        file = imported_folder("mine") / "card.json"
        description = json.loads(file.read_text())
        del description["card"]["kinds"]
        file.write_text(json.dumps(description))
        assert open_data({"use": "imported", "name": "mine", "checksum": ""}).card.kinds == {}
