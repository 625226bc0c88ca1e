"""The recipe, from data to published cells, at its smallest size."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from typer.testing import CliRunner

import zoo
from zoo.cli.app import app
from zoo.recipes import resolve
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def finish(runs: Path, *overrides: str) -> RunFolder:
    recipe = resolve("spectral-flow", "metashell-mixed", size="tiny", overrides=overrides, folder=runs)
    return run(recipe, Options(runs=runs), ["zoo", "run", "spectral-flow"])


def stages(finished: RunFolder) -> dict[str, bool]:
    """Which there are, and whether they lay there already."""
    return {stage["name"]: stage["cached"] for stage in json.loads(finished.stages.read_text())["stages"]}


def test_what_is_fitted_is_found_once_and_by_what_determines_it(runs: Path) -> None:
    assert list(stages(finish(runs))) == ["fit", "latents", "denoiser", "samples"]
    assert stages(finish(runs, "denoiser.width=32")) == {
        "fit": True,
        "latents": True,
        "denoiser": False,
        "samples": False,
    }
    assert not any(stages(finish(runs, "encoder.components=12")).values())


def test_what_is_fitted_is_published_and_read_strictly(runs: Path) -> None:
    finished = finish(runs)
    loaded = zoo.load(finished.model)
    np.testing.assert_array_equal(
        loaded.sample(16), zoo.read_structures(finished.samples, {"use": "voxels"}).structures
    )
    weights = load_file(finished.model / "model.safetensors")
    assert weights["encoder.axes"].shape == (16, 7**3)
    assert not np.allclose(weights["encoder.axes"], np.eye(16, 7**3))


def test_components_that_were_changed_are_refused(runs: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(finish(runs).model, tmp_path / "model"))
    weights = load_file(folder / "model.safetensors")
    save_file(weights | {"encoder.axes": -weights["encoder.axes"]}, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(zoo.ZooError, match="the weights are not those of"):
        zoo.load(folder)


def test_the_same_cells_at_another_resolution(runs: Path, tmp_path: Path) -> None:
    """Voxels of 12^3 are the middle ones of three along each axis of 36^3."""
    folder = finish(runs).model
    coarse = zoo.load(folder).sample(8).astype(bool)
    arguments = ["sample", str(folder), "-n", "8", "--resolution", "36", "-o", str(tmp_path / "fine.npz")]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    fine = zoo.read_structures(tmp_path / "fine.npz", {"use": "voxels"}).structures.astype(bool)
    assert fine.shape == (8, 36, 36, 36)
    assert (fine[:, 1::3, 1::3, 1::3] == coarse).mean() > 0.97
    assert abs(fine.mean() - coarse.mean()) < 0.01


def test_models_that_know_one_resolution_say_so(runs: Path) -> None:
    folder = finish(runs, "encoder={use: identity}").model
    with pytest.raises(zoo.ZooError, match="resolution 24: this model draws at that of its data alone, 12"):
        zoo.load(folder, resolution=24)
    with pytest.raises(zoo.ZooError, match="modes 7 is not an odd number up to the resolution, 6"):
        zoo.load(finish(runs).model, resolution=6)
