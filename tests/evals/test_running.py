"""A suite from its file to its table, interrupted on the way."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from typer.testing import CliRunner, Result

from zoo import ZooError
from zoo.cli.app import app
from zoo.data.store import read_samples
from zoo.evals.leaderboard import latents_of
from zoo.evals.results import read_result
from zoo.evals.suites import read_suite
from zoo.evals.tables import suite_tables

SUITE = """
suite: 1
version: 1
summary: A try
datasets: [random-rows@zoo]
sizes: [paper]
seeds: [0, 1, 2]
count: 8
evaluators: {mean: {use: mean}}
headline: [mean.mean]
rows:
  five steps: {model: toy-diffusion}
  ten steps: {model: toy-diffusion, set: {sampler: {steps: 10}}}
trivial:
  one step: {model: toy-diffusion, sizes: {paper: {sampler: {steps: 1}}}}
"""


@pytest.fixture
def place(toy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "mine.yaml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def evals(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["evals", *map(str, arguments)])


def run(*arguments: object) -> str:
    done = evals("run", "mine.yaml", "--size", "paper", *arguments)
    assert done.exit_code == 0, done.output
    return done.output


def stages(place: Path) -> dict[str, int]:
    """When each kept stage was finished."""
    return {path.parent.name: path.stat().st_mtime_ns for path in place.glob("runs/.stages/*/stage.json")}


def test_interrupted_resumed_tabled(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo.evals import running

    started = []

    def interrupted(recipe, options, command):
        started.append(options.seed)
        if len(started) == 5:
            raise KeyboardInterrupt
        return whole(recipe, options, command)

    whole = running.run
    monkeypatch.setattr(running, "run", interrupted)
    done = evals("run", "mine.yaml", "--size", "paper")
    assert done.exit_code == 130 and "the same command goes on" in done.output
    [path] = place.glob("evals/results/*.json")
    assert len(json.loads(path.read_text())["entries"]) == 4
    assert "2 of 3" not in evals("table", "mine.yaml").output
    monkeypatch.setattr(running, "run", whole)
    before = stages(place)

    resumed = run()
    assert resumed.count("is there already") == 4 and resumed.count("is run") == 5
    assert before.items() <= stages(place).items()
    assert len([name for name in stages(place) if name.startswith("denoiser")]) == 3  # a seed each, not a row
    assert run().count("is there already") == 9
    check_table(place)


def check_table(place: Path) -> None:
    """Every number is worked out anew from the samples."""
    values: dict[str, list[float]] = {}
    for folder in place.glob("runs/toy-diffusion.random-rows/*"):
        steps = re.search(r"steps: (\d+)\n", (folder / "recipe.yaml").read_text().partition("sampler:")[2])
        assert steps
        label = {"5": "five steps", "10": "ten steps", "1": "one step"}[steps.group(1)]
        values.setdefault(label, []).append(float(read_samples(folder / "samples.safetensors").mean()))
    assert {label: len(found) for label, found in values.items()} == {"five steps": 3, "ten steps": 3, "one step": 3}
    lines = evals("table", "mine.yaml").output.splitlines()
    for label, found in values.items():
        [line] = [line for line in lines if line.startswith(f"{label} ")]
        low, high = scipy.stats.ttest_1samp(found, 0).confidence_interval(0.95)
        wanted = [np.mean(found), np.std(found, ddof=1), low, high]
        told = [float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line.removeprefix(label))]
        assert told == pytest.approx(wanted, abs=6e-4)
    best = max(np.mean(values["five steps"]), np.mean(values["ten steps"]))
    assert any("rivial row" in line for line in lines) == (np.mean(values["one step"]) > best)


def test_a_dry_run_names_the_runs_and_makes_nothing(place: Path) -> None:
    lines = run("--dry-run", "--seed", 2).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        f"{row}, random-rows@zoo, seed 2" for row in ("five steps", "ten steps", "one step")
    ]
    assert all(line.endswith(", to be run") for line in lines)
    assert not list(place.glob("*/"))


def test_a_change_repeats_what_it_touches_only(place: Path) -> None:
    run("--model", "five steps", "--model", "ten steps", "--seed", 0)
    before = stages(place)
    (place / "mine.yaml").write_text(SUITE.replace("steps: 10", "steps: 20"))
    changed = run("--seed", 0, "--model", "toy-diffusion")
    assert re.findall(r"(\S+) steps?, .* (is run|is there already)", changed) == [
        ("five", "is there already"),
        ("ten", "is run"),
        ("one", "is run"),
    ]
    made = set(stages(place)) - set(before)
    assert {name.split("-")[0] for name in made} == {"samples"}
    entries = json.loads((place / "evals/results/mine.paper.json").read_text())["entries"]
    assert [entry["row"] for entry in entries] == ["five steps", "ten steps", "one step"]


def test_a_number_has_all_it_must_be_quoted_with(place: Path) -> None:
    run("--model", "five steps", "--seed", 1)
    file = json.loads((place / "evals/results/mine.paper.json").read_text())
    [entry] = file["entries"]
    told = entry["provenance"]
    assert (told["dataset"], told["seed"], told["size"], told["samples"]) == ("random-rows@zoo", 1, "paper", 8)
    assert len(told["dataset_checksum"]) == len(told["weights"]) == 16 and told["machine"]
    assert {"python", "torch"} <= set(told["versions"])
    assert file["meanings"]["mean"]["mean"]["sentence"] == "The mean."
    assert list(file["held_out"]) == [told["dataset_checksum"]]
    stages = ("autoencoder", "denoiser")
    assert entry["training"] == {stage: {"moves": {stage: 6}, "seen": 48} for stage in stages}
    trained = "; ".join(f"{stage}: 6 steps, 48 structures seen" for stage in stages)
    assert f"Trained, five steps: {trained}\n" in evals("table", "mine.yaml").output
    assert "usual" not in entry["scores"]  # the suite's evaluators, not the dataset's


def test_latents_are_pictured_once_for_rows_that_share_them(place: Path) -> None:
    run("--model", "five steps", "--model", "ten steps", "--seed", 0)
    one, other = (
        ElementTree.parse(path).getroot() for path in sorted(place.glob("evals/results/pictures/*/*-latents.svg"))
    )
    dots = one.findall(".//{*}path")[0].get("d")
    assert dots and 1 < dots.count("h0") <= 40 and dots == other.findall(".//{*}path")[0].get("d")
    assert "of the variance" in "".join(one.itertext())
    suite = read_suite(place / "mine.yaml")
    [table] = suite_tables(suite, read_result(place / "evals/results/mine.paper.json"))
    [figure] = latents_of(place / "evals/results", table)
    assert figure.caption == "five steps; ten steps"


def test_one_bad_row_does_not_keep_the_others_waiting(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo.evals import running

    whole = running.run

    def broken(recipe, options, command):
        if recipe.model_block["sampler"]["steps"] == 5:
            raise ZooError("it diverged.")
        return whole(recipe, options, command)

    monkeypatch.setattr(running, "run", broken)
    done = evals("run", "mine.yaml", "--size", "paper", "--seed", 0)
    assert isinstance(done.exception, ZooError)
    assert done.exception.problems == ("five steps, random-rows@zoo: it diverged.",)
    entries = json.loads((place / "evals/results/mine.paper.json").read_text())["entries"]
    assert [entry["row"] for entry in entries] == ["ten steps", "one step"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "mine.yaml", "--size", "paper", "--model", "elven steps"), "has no 'elven steps'"),
        (("run", "mine.yaml", "--size", "paper", "--seed", "7"), r"no seed 7; it has \[0, 1, 2\]"),
        (("run", "mine.yaml", "--size", "small"), "not for size 'small'"),
        (("run", "mine.yaml", "--size", "paper", "-d", "metashell"), "has no 'metashell'"),
        (("table", "mine.yaml"), "no results here yet: zoo evals run mine.yaml"),
        (("leaderboard",), "there is no folder evals/results"),
    ],
)
def test_mistakes(place: Path, arguments: tuple[str, ...], words: str) -> None:
    done = evals(*arguments)
    assert isinstance(done.exception, ZooError)
    assert re.search(words, str(done.exception))
    assert not (place / "runs").exists()
