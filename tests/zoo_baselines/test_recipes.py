"""The baselines' recipes: their sizes, and from data to samples at size tiny."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import zoo
from zoo import Model, Schedule, Structure, ZooError
from zoo.building.builder import build
from zoo.data.opening import open_data
from zoo.data.store import read_samples
from zoo.recipes import resolve
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run

MODELS = {"guided-diffusion": 28.71e6, "3d-cdm": 23.4e6, "dit-3d": 32.5e6}
"""Learned numbers of size `paper` at 48^3."""


CUBIC = ["dataset.count=10", "dataset.resolution=8", "dataset.iterations=12"]
"""A few cells that are mirrored."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def finish(runs: Path, model: str, dataset: str, *overrides: str) -> RunFolder:
    recipe = resolve(model, dataset, size="tiny", overrides=overrides, folder=runs)
    return run(recipe, Options(runs=runs), ["zoo", "run", model])


@pytest.mark.parametrize("model", MODELS)
def test_size_paper(model: str, tmp_path: Path) -> None:
    recipe = resolve(model, "metashell", size="paper", folder=tmp_path)
    with torch.device("meta"):
        built = build(Model, recipe.model_block, structure=Structure((48, 48, 48), 0.0, 1.0))
    assert sum(p.numel() for p in built.parameters()) == pytest.approx(MODELS[model], rel=0.02)


@pytest.mark.parametrize("dataset", ["metashell", "metatruss"])
@pytest.mark.parametrize("model", MODELS)
def test_a_run_ends_and_its_model_draws_the_same(model: str, dataset: str, runs: Path) -> None:
    finished = finish(runs, model, dataset)
    samples = read_samples(finished.samples)
    assert samples.shape == (16, 12, 12, 12)
    np.testing.assert_array_equal(zoo.load(finished.model).sample(16), samples)


@pytest.mark.parametrize(
    "sampler",
    [
        "{use: ddpm, steps: 5}",
        "{use: dpm-solver, steps: 5}",
        "{use: srr, base: {use: sign-truncation, base: {use: ddim, steps: 5}}}",
        "{use: sign-truncation, base: {use: universal, base: {use: ddim, steps: 5}, objective: {use: volume-fraction}, "
        "target: {volume_fraction: 0.2}}}",
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_samplers_mix_with_it(model: str, sampler: str, runs: Path) -> None:
    finished = finish(runs, model, "metashell", f"sampler={sampler}", "generate={count: 4, batch: 4}")
    assert read_samples(finished.samples).shape == (4, 12, 12, 12)


def test_3d_cdm_never_reaches_pure_noise(tmp_path: Path) -> None:
    """200 steps of the variances that others spread over 1,000: a seventh of the signal's variance is left, and walks
    begin at N(0, 1) all the same."""
    schedule = build(Schedule, resolve("3d-cdm", "metashell", size="paper", folder=tmp_path).model_block["schedule"])
    left = np.prod(1 - np.linspace(1e-4, 0.02, 200))
    assert float(schedule.signal(torch.tensor(199))[0]) ** 2 == pytest.approx(left, rel=1e-4)
    assert left == pytest.approx(0.132, abs=1e-3)


def test_octants(runs: Path) -> None:
    finished = finish(runs, "guided-diffusion-octant", "metashell")
    samples = read_samples(finished.samples)
    for axis in (1, 2, 3):
        np.testing.assert_array_equal(samples, np.flip(samples, axis))
    for order in itertools.permutations((1, 2, 3)):
        np.testing.assert_array_equal(samples, samples.transpose(0, *order))
    np.testing.assert_array_equal(zoo.load(finished.model).sample(16), samples)


def test_conditions_are_components_of_the_stiffness(runs: Path) -> None:
    """From the recipe to a table of targets; a name that is no single number is refused."""
    names = ["stiffness[0][0]", "stiffness[0][1]", "stiffness[3][3]", "volume_fraction"]
    conditional = [*CUBIC, f"denoiser.conditions={names}", "denoiser.volume=volume_fraction"]
    finished = finish(runs, "guided-diffusion-octant", "metashell-optimised", *conditional, "guidance=2.0")
    model = zoo.load(finished.model)
    assert model.model.conditions == tuple(names)
    lowest, highest = model.model.condition_low, model.model.condition_high
    recipe = resolve("guided-diffusion-octant", "metashell-optimised", size="tiny", overrides=conditional, folder=runs)
    stiffness = open_data(recipe.dataset_block).train.properties("stiffness")
    for i, (row, column) in enumerate(((0, 0), (0, 1), (3, 3))):
        assert lowest[i] == stiffness[:, row, column].min() and highest[i] == stiffness[:, row, column].max()
    targets = {names[0]: [0.1, np.nan, 0.3], "volume_fraction": 0.4}
    assert model.sample(3, condition=targets).shape == (3, 8, 8, 8)
    with pytest.raises(ZooError, match=r"stiffness is an array \[6, 6\]; name one of its numbers"):
        finish(runs, "guided-diffusion-octant", "metashell-optimised", *CUBIC, "denoiser.conditions=[stiffness]")


def test_cells_that_are_not_mirrored_have_no_octant(runs: Path) -> None:
    with pytest.raises(ZooError, match=r"octant: \d+ of 32 cells are not mirrored"):
        finish(runs, "guided-diffusion-octant", "metashell-mixed")


def test_what_two_processes_train(runs: Path, in_two_processes: Callable[[Callable[[], object]], None]) -> None:
    """Shares of a batch, so the weights are nearly those of one, and every parameter has its gradient."""
    together = runs / "two"
    in_two_processes(lambda: finish(together, "guided-diffusion", "metashell"))
    (folder,) = together.glob("guided-diffusion.metashell/*/model")
    assert zoo.load(folder).sample(2).shape == (2, 12, 12, 12)


@pytest.mark.parametrize("model", MODELS)
def test_a_resolution_that_no_stride_divides_is_refused_when_resolved(model: str, tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="a side of 50 voxels cannot be (halved|cut into patches)") as error:
        resolve(model, "metashell", size="paper", overrides=["dataset.resolution=50"], folder=tmp_path)
    assert len(error.value.problems) == 1
