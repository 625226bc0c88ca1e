"""A user's own cells and table of properties: trained on, conditioned on and scored against."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.data.store import Store
from zoo.discovery import using
from zoo.recipes import resolve
from zoo.reports.run import write_run_report
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run

CENTRES = np.indices((8, 8, 8)) - 3.5
CHANGES = (
    "encoder.use=identity",
    "denoiser={conditions: [radius], prediction: clean, width: 128}",
    "schedule.steps=1000",
    "sampler={use: ddim, steps: 20}",
    "train.denoiser={steps: 1434, batch: 64, lr: 2.0e-3, lr_schedule: cosine, ema: 0.98}",
    "generate={count: 8, batch: 8, condition: {radius: 3.0}}",
)
"""A tiny voxploer that learns densities themselves, and what they have to do with a property."""


def ball(radius: float) -> np.ndarray:
    return np.asarray((CENTRES**2).sum(0) < radius**2, np.uint8)


def zoo(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunFolder]:
    """A run on 64 balls, whose radius is a property."""
    folder = tmp_path_factory.mktemp("own")
    radii = np.random.default_rng(0).uniform(1.5, 4.5, 64)
    with pytest.MonkeyPatch.context() as patch, using():
        patch.setenv("ZOO_HOME", str(folder / "home"))
        patch.chdir(folder)
        np.savez_compressed("cells.npz", structures=[ball(radius) for radius in radii])
        table = np.stack([radii, radii, -radii, np.ones(64)], 1)
        np.savetxt("table.csv", table, delimiter=",", header="radius (mm),pair[0],pair[1],one", comments="")
        zoo("data", "import", "mine", "cells.npz", "--properties", "table.csv")
        yield run(resolve("voxploer", "mine", size="tiny", overrides=CHANGES), Options(), ["zoo"])


def drawn(done: RunFolder, radius: float, *arguments: str) -> np.ndarray:
    """24 samples of the run's model that are asked to have a radius."""
    path = done.path / "drawn.npz"
    zoo("sample", done.model, "-n", 24, "-o", path, "--condition", f"radius={radius}", *arguments)
    with np.load(path) as file:
        cells: np.ndarray = file["structures"]
        return cells


def test_it_is_trained_on_and_scored_against(done: RunFolder) -> None:
    found = json.loads(done.scores.read_text())
    assert found["provenance"]["dataset"] == "mine@own"
    assert found["provenance"]["dataset_items"] == 64
    assert {"paper", "new"} <= found["scores"].keys()
    assert "mine" in write_run_report(done).read_text()


def test_its_property_is_what_can_be_asked_for(done: RunFolder) -> None:
    """Balls of that radius are what is drawn: 0.1 to 0.6 of the cell."""
    for radius in (2.5, 3.5, 4.3):
        assert drawn(done, radius).mean() == pytest.approx(ball(radius).mean(), rel=0.2)


def test_guidance_asks_for_it_too(done: RunFolder) -> None:
    """Classifier-free guidance draws others, which have the property as well."""
    plain, guided = (drawn(done, 3.2, "--set", f"guidance={weight}") for weight in (1, 1.5))
    assert (plain != guided).any()
    assert guided.mean() == pytest.approx(ball(3.2).mean(), rel=0.2)


def test_what_is_no_property_cannot_be_asked_for(done: RunFolder) -> None:
    result = CliRunner().invoke(app, ["sample", str(done.model), "-o", "x.npz", "--condition", "radios=1"])
    assert "Did you mean 'radius'?" in str(result.exception)
    assert not Path("x.npz").exists()


def test_a_table_asks_for_a_property_of_each_structure(done: RunFolder) -> None:
    """Those asked for are what the same number drawn alone would be; the file keeps what was wanted."""
    Path("targets.csv").write_text('radius (mm)\n2\n4\n""\n4\n')
    zoo("sample", done.model, "--condition-table", "targets.csv", "-o", "asked.safetensors")
    store = Store(Path("asked.safetensors"))
    np.testing.assert_array_equal(store.properties["wanted.radius"], [2, 4, np.nan, 4])
    cells = store.array()
    assert len(cells) == 4
    small, large = (drawn(done, radius)[:4] for radius in (2, 4))
    np.testing.assert_array_equal(cells[0], small[0])
    np.testing.assert_array_equal(cells[[1, 3]], large[[1, 3]])


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ("radius\n2\n3\n", ["-n", "3"], "--count 3: targets.csv has 2 lines of wanted values"),
        ("radius\n2\n", ["--condition", "radius=3"], "--condition radius: targets.csv has a column of it"),
        ("radius,radius\n2,2\n", [], "the column 'radius' is there twice"),
        ("radios\n2\n", [], "the model has no condition 'radios'. Did you mean 'radius'"),
        ("radius\nlarge\n", [], "line 2, radius: 'large' is not a number"),
    ],
)
def test_tables_that_cannot_be_asked_for(done: RunFolder, table: str, options: list[str], words: str) -> None:
    Path("targets.csv").write_text(table)
    command = ["sample", str(done.model), "--condition-table", "targets.csv", "-o", "x.npz", *options]
    assert words in str(CliRunner().invoke(app, command).exception)
    assert not Path("x.npz").exists()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("radios", "mine has no such property. Did you mean 'radius'?"),
        ("pair", r"pair is an array \[2\]; name one of its numbers, as pair\[0\]"),
        ("one", "all structures to learn from have the value 1"),
    ],
)
def test_what_cannot_be_conditioned_on_is_told_before_any_training(done: RunFolder, name: str, words: str) -> None:
    recipe = resolve("voxploer", "mine", size="tiny", overrides=(f"denoiser.conditions=[{name}]",))
    with pytest.raises(ZooError, match=words):
        run(recipe, Options(name=f"on-{name}"), ["zoo"])
    assert not list(done.path.parent.parent.glob(".stages/autoencoder-*"))
