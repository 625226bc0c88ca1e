"""Runs from recipe to report, at tiny size."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from zoo import ZooError, read_results
from zoo.cli.app import app
from zoo.data.opening import open_data
from zoo.data.store import read_samples
from zoo.recipes import resolve
from zoo.reports.run import finish_run, write_run_report
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, plan, run

REGULARISERS = ("voxploer-none", "voxploer-contrastive")
"""Beside that of voxploer."""
SAMPLERS = {
    "ddpm": ["sampler={use: ddpm}"],
    "ddim": ["sampler={use: ddim, steps: 10}"],
    "dpm-solver": ["sampler={use: dpm-solver, steps: 10}"],
    "srr": ["sampler={use: srr, base: {use: ddpm}}"],
    "universal": [
        "sampler={use: universal, base: {use: ddim, steps: 10}, objective: {use: volume-fraction}, "
        "target: {volume_fraction: 0.2}, backward_steps: 1, recurrence: 2}"
    ],
}


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One runs folder for all tests, so that they share trained stages."""
    return tmp_path_factory.mktemp("runs")


def finish(runs: Path, model: str, dataset: str, overrides: Sequence[str] = (), **options) -> RunFolder:
    recipe = resolve(model, dataset, size="tiny", overrides=overrides, folder=runs)
    return run(recipe, Options(runs=runs, **options), ["zoo", "run", model])


def stages(finished: RunFolder) -> dict[str, dict]:
    return {stage["name"]: stage for stage in json.loads(finished.stages.read_text())["stages"]}


def test_a_run_leaves_everything_behind(runs: Path) -> None:
    finished = finish(runs, "voxploer", "metashell")
    finish_run(finished)
    names = {path.name for path in finished.path.iterdir() if not path.name.startswith(".")}
    assert names == {
        "recipe.yaml",
        "environment.json",
        "log.jsonl",
        "latents.json",
        "stages.json",
        "samples.safetensors",
        "scores.json",
        "report.html",
        "model",
    }
    samples = read_samples(finished.samples)
    assert samples.shape == (16, 12, 12, 12)
    assert set(np.unique(samples)) <= {0, 1}
    written = json.loads(finished.scores.read_text())
    assert written["provenance"]["dataset"] == "metashell@zoo"
    for protocol in ("paper", "released"):
        entry = written["scores"][protocol]["connectivity"]
        assert entry["value"] == pytest.approx(np.mean(entry["per_sample"]), abs=1e-6)
        assert entry["sentence"]
    assert "VOXPLOER" in finished.report.read_text()
    assert not list(runs.rglob("checkpoint*"))


@pytest.mark.parametrize(
    ("model", "sampler"),
    [*(("voxploer", sampler) for sampler in SAMPLERS), *((model, "srr") for model in REGULARISERS)],
)
def test_a_run_draws_and_scores(runs: Path, model: str, sampler: str) -> None:
    """Every regulariser with one sampler, every sampler with one regulariser."""
    finished = finish(runs, model, "metashell", SAMPLERS[sampler])
    assert read_samples(finished.samples).shape == (16, 12, 12, 12)
    assert set(read_results(finished.path).scores) == {"paper", "released", "new", "distribution"}


def test_a_sampler_that_steers_says_how_often_and_how_far(runs: Path) -> None:
    far = ["sampler={use: srr, base: {use: ddpm}, coverage: 0.9}"]
    finished = finish(runs, "voxploer", "metashell", far)
    whole = stages(finished)["samples"]
    assert 0 < whole["pushed"] <= 1
    assert 0 < whole["push_length"] <= 1
    # What fills a batch up is not counted.
    parts = stages(finish(runs, "voxploer", "metashell", [*far, "generate.batch=5"]))["samples"]
    assert parts["pushed"] == pytest.approx(whole["pushed"], abs=0.02)
    assert parts["push_length"] == pytest.approx(whole["push_length"], rel=0.02)
    finish_run(finished)
    assert f"The sampler pushed in {whole['pushed']:.0%} of steps, by" in finished.report.read_text()
    assert stages(finish(runs, "voxploer", "metashell", SAMPLERS["ddpm"]))["samples"]["pushed"] is None


def test_a_changed_sampler_repeats_no_training(runs: Path) -> None:
    finish(runs, "voxploer", "metashell", SAMPLERS["srr"])
    changed = stages(finish(runs, "voxploer", "metashell", ["sampler={use: ddim, steps: 25}"]))
    assert [name for name, stage in changed.items() if not stage["cached"]] == ["samples"]
    again = stages(finish(runs, "voxploer", "metashell", ["sampler={use: ddim, steps: 25}"]))
    assert all(stage["cached"] for stage in again.values())


@pytest.mark.parametrize(
    ("override", "made_anew"),
    [
        ("train.denoiser.epochs=4", {"denoiser", "samples"}),
        ("denoiser.depth=2", {"denoiser", "samples"}),
        ("regulariser.sink=0.002", {"autoencoder", "latents", "denoiser", "samples"}),
        ("generate.count=8", {"samples"}),
    ],
)
def test_only_what_changed_is_made_anew(runs: Path, override: str, made_anew: set[str]) -> None:
    finish(runs, "voxploer", "metashell")
    changed = stages(finish(runs, "voxploer", "metashell", [override]))
    assert {name for name, stage in changed.items() if not stage["cached"]} == made_anew


def test_samples_do_not_depend_on_how_many_are_asked_for(runs: Path) -> None:
    few = read_samples(finish(runs, "voxploer", "metashell", ["generate.count=5"]).samples)
    many = read_samples(finish(runs, "voxploer", "metashell", ["generate.count=37"]).samples)
    np.testing.assert_array_equal(few, many[:5])


def test_seeds_mean_something(runs: Path) -> None:
    first = finish(runs, "voxploer", "metashell")
    other = finish(runs, "voxploer", "metashell", seed=1)
    assert stages(first)["autoencoder"]["key"] != stages(other)["autoencoder"]["key"]
    assert (read_samples(first.samples) != read_samples(other.samples)).any()


def test_a_condition_is_learned_and_asked_for(runs: Path) -> None:
    overrides = ["denoiser.conditions=[volume_fraction]", "generate.condition.volume_fraction=0.3", "guidance=2.0"]
    assert read_samples(finish(runs, "voxploer", "metashell", overrides).samples).shape == (16, 12, 12, 12)


def test_conditions_that_nobody_knows_are_named_before_training(runs: Path) -> None:
    with pytest.raises(ZooError, match="metashell has no such property. Did you mean 'volume_fraction'"):
        finish(runs, "voxploer", "metashell", ["denoiser.conditions=[volume_fractoin]"])
    with pytest.raises(ZooError, match="the model has no condition 'volume_fraction'"):
        finish(runs, "voxploer", "metashell", ["generate.condition.volume_fraction=0.3"])


def test_repairs_are_done_before_scoring_and_said(runs: Path) -> None:
    finished = finish(runs, "voxploer", "metashell", ["generate.refine=[largest-piece, periodic-faces]"])
    written = json.loads(finished.scores.read_text())
    assert written["provenance"]["refined"] == "largest-piece, periodic-faces"
    assert written["scores"]["new"]["connected"]["value"] == 1.0
    cells = read_samples(finished.samples)
    touched = [cells.take(0, axis).reshape(len(cells), -1).any(1) for axis in (1, 2, 3)]  # Empty faces count 0.
    assert written["scores"]["paper"]["periodicity"]["value"] == pytest.approx(np.mean(touched))
    np.testing.assert_array_equal(cells[:, 0], cells[:, -1])
    assert "<dt>refined</dt><dd>largest-piece, periodic-faces</dd>" in write_run_report(finished).read_text()


def test_mixed_precision_runs(runs: Path) -> None:
    from accelerate.state import AcceleratorState

    AcceleratorState._reset_state(reset_partial_state=True)
    try:
        finished = finish(runs, "voxploer", "metashell", precision="bf16")
        assert json.loads(finished.scores.read_text())["provenance"]["precision"] == "bf16"
    finally:
        AcceleratorState._reset_state(reset_partial_state=True)


def test_trackers_are_checked_by_name(runs: Path) -> None:
    with pytest.raises(ZooError, match="there is no tracker 'tensorbord'. Did you mean 'tensorboard'"):
        finish(runs, "voxploer", "metashell", trackers=("tensorbord",))


def test_the_log_holds_every_term(runs: Path) -> None:
    finished = finish(runs, "voxploer", "metashell", name="logged", seed=77)
    lines = [json.loads(line) for line in finished.log.read_text().splitlines()]
    keys = {key for line in lines for key in line}
    for term in ("inter", "intra", "sink"):
        assert f"autoencoder/autoencoder/train/{term}" in keys
        assert f"autoencoder/autoencoder/held_out/{term}" in keys
    assert "denoiser/denoiser/train/denoising" in keys


def test_samples_drawn_on_the_way_change_no_weight(runs: Path) -> None:
    """The last ones are drawn with the finished weights, from the same noise as those of the run."""
    data = ["train.denoiser.epochs=2", "generate.count=8"]
    plain = finish(runs, "kirigami-ddpm", "kirigami-60", data, name="plain")
    watched = finish(runs, "kirigami-ddpm", "kirigami-60", [*data, "train.denoiser.preview=8"], name="watched")
    assert np.array_equal(read_samples(plain.samples), read_samples(watched.samples))
    lines = [json.loads(line) for line in watched.log.read_text().splitlines()]
    curve = [line["denoiser/samples/crossings"] for line in lines if "denoiser/samples/crossings" in line]
    assert len(curve) == 17  # before the first of 16 steps, and after each
    assert curve[-1] == pytest.approx(read_results(watched.path).scores["crossings"]["mean_intersections"].value)
    assert "independent values" in write_run_report(watched).read_text()


def test_structures_cannot_be_drawn_before_there_is_a_model(runs: Path) -> None:
    recipe = resolve("voxploer", "metashell", size="tiny", overrides=["train.autoencoder.preview=3"], folder=runs)
    with pytest.raises(ZooError, match=r"train\.autoencoder\.preview: only the last training, 'denoiser'"):
        plan(recipe, Options(runs=runs))
    with pytest.raises(ZooError, match="only known after its training"):
        finish(
            runs, "kirigami-ddpm", "kirigami-60", ["train.denoiser.preview=8", "sampler={use: srr, base: {use: ddpm}}"]
        )


def test_a_run_is_given_a_name_and_no_path(runs: Path) -> None:
    recipe = resolve("voxploer", "metashell", size="tiny", folder=runs)
    with pytest.raises(ZooError, match=r"^--name: the name '\.\./mine' is not made of letters"):
        plan(recipe, Options(runs=runs, name="../mine"))


def test_the_plan_says_what_would_happen(runs: Path) -> None:
    recipe = resolve("voxploer", "metashell", size="paper", folder=runs)
    lines = plan(recipe, Options(runs=runs))
    # Appendix B.1 leaves the rest open; facts of the released layers: 31.2 M each way, 4.34 M for the denoiser.
    assert "48x48x48" in lines[0]
    assert any("encoder: 62," in line for line in lines)
    assert any("denoiser: 4,3" in line for line in lines)


def test_the_dataset_is_split_before_it_is_augmented() -> None:
    data = open_data({"use": "metashell-mixed", "resolution": 12, "count": 50}, quiet=True)
    assert (len(data.train.originals), len(data.held_out)) == (40, 10)
    assert 40 < len(data.train) < 40 * 6  # Cubic cells among them have no copies, cyclic ones have one.
    train = {row.tobytes() for row in data.train.packed()}
    held_out = data.held_out.packed()
    assert not [row for row in held_out if row.tobytes() in train]
    np.testing.assert_array_equal(data.train.array(data.train.originals)[0], data.train.array()[0])


@pytest.mark.usefixtures("one_thread")
def test_ctrl_c_is_one_message_and_the_same_command_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["run", "voxploer", "-d", "metashell", "--size", "tiny", "--set", "train.autoencoder.steps=144"]
    command += ["--name", "x", "--seed", "5"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    results = []
    for folder in (tmp_path / "undisturbed", tmp_path / "interrupted"):
        folder.mkdir()
        monkeypatch.chdir(folder)
        if folder.name == "interrupted":
            program = [sys.executable, "-m", "zoo", *command]
            stopped = subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True)
            log = Path("runs/voxploer.metashell/x/log.jsonl")
            deadline = time.monotonic() + 60
            while not (log.exists() and log.read_text().count("train/") > 3) and time.monotonic() < deadline:
                time.sleep(0.05)
            stopped.send_signal(signal.SIGINT)
            _, messages = stopped.communicate(timeout=60)
            assert stopped.returncode == 130
            assert "the same command goes on from here" in messages
            assert "Traceback" not in messages
            assert list(folder.rglob("checkpoint.safetensors"))
        app(command, standalone_mode=False)
        results.append({path.parent.name: load_file(path) for path in folder.glob("runs/.stages/*/output.safetensors")})
    assert results[0].keys() == results[1].keys()
    for name, tensors in results[0].items():
        for tensor in tensors:
            assert torch.equal(tensors[tensor], results[1][name][tensor]), (name, tensor)
