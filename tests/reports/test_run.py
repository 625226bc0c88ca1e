"""The page of a run, made again from its folder."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo import ZooError, read_results
from zoo.cli.app import app

CATALOGUE = """
zoo: 1
datasets:
  toy-rows: {use: rows, length: 8, count: 40, evaluators: {mean: {use: mean}}}
models:
  toy:
    summary: A toy — für alle
    use: latent-diffusion
    encoder: {use: halving}
    schedule: {use: linear, steps: 20}
    denoiser: {use: scale}
    sampler: {use: ddim, steps: 5}
    train: {autoencoder: {steps: 2, batch: 8}, denoiser: {steps: 2, batch: 8, preview: 8}}
    generate: {count: 8, batch: 4}
  ones: {summary: Ones, use: ones, generate: {count: 8, batch: 4}}
"""
COMMAND = "zoo run toy --dataset toy-rows"


@pytest.fixture
def finished(toy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("registry.yaml").write_text(CATALOGUE)
    return run("toy", "first")


def run(model: str, name: str) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["zoo", "run", model, "--dataset", "toy-rows"])
        zoo("run", model, "--dataset", "toy-rows", "--size", "paper", "--name", name)
    return Path("runs") / f"{model}.toy-rows" / name


def zoo(*arguments: object) -> str:
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def page(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def test_the_page_that_is_made_again_is_the_page(finished: Path) -> None:
    before = page(finished)
    assert COMMAND in before and "A toy — für alle" in before and "toy on toy-rows" in before
    (finished / "report.html").unlink()
    assert zoo("report", finished) == f"report  {finished / 'report.html'}\n"
    assert page(finished) == before
    zoo("report", finished, "-o", "page.html")
    assert Path("page.html").read_text(encoding="utf-8") == before
    assert not Path("comparison.html").exists()


def test_it_is_made_from_within_the_folder(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ones", "trivial")
    zoo("report", finished)
    before = page(finished)
    monkeypatch.chdir(finished)
    zoo("report", ".")
    assert page(Path()) == before


def test_trivial_models_that_were_run_later_are_on_it(finished: Path) -> None:
    assert "A trivial row" not in page(finished)
    run("ones", "trivial")
    zoo("report", finished)
    assert "A trivial row beats the model: ones (1)." in page(finished)


def test_its_data_are_built_again_where_they_are_gone(finished: Path, zoo_home: Path) -> None:
    before = page(finished)
    for folder in (zoo_home / "datasets").glob("rows-*"):
        shutil.rmtree(folder)
    zoo("report", finished)
    assert page(finished) == before


def test_a_run_of_an_older_zoo_has_a_page_without_what_it_did_not_keep(finished: Path) -> None:
    for name, key in (("environment.json", "command"), ("stages.json", "scoring")):
        content = json.loads((finished / name).read_text())
        del content[key]
        (finished / name).write_text(json.dumps(content))
    before = page(finished)
    zoo("report", finished)
    assert "<th>scoring</th>" in before and "<th>scoring</th>" not in page(finished)
    assert COMMAND not in page(finished)
    assert page(finished).count("made in this run") == before.count("made in this run") == 4
    assert re.findall("<h2>.*</h2>", page(finished)) == re.findall("<h2>.*</h2>", before)


def test_what_the_scoring_took_and_the_command_are_kept(finished: Path) -> None:
    results = read_results(finished)
    assert results.environment.command == COMMAND
    assert results.scoring is not None and results.scoring.seconds >= 0 and results.scoring.peak_mib["host"] > 0


@pytest.mark.parametrize("missing", ["scores.json", "stages.json", "samples.safetensors", "recipe.yaml"])
def test_an_unfinished_run_is_one_message(finished: Path, missing: str) -> None:
    before = page(finished)
    (finished / missing).unlink()
    with pytest.raises(ZooError) as caught:
        zoo("report", finished)
    assert len(caught.value.problems) == 1 and missing in str(caught.value)
    assert page(finished) == before


def test_other_data_than_the_runs_are_refused(finished: Path) -> None:
    scores = json.loads((finished / "scores.json").read_text())
    scores["provenance"]["dataset_checksum"] = "0123456789abcdef"
    (finished / "scores.json").write_text(json.dumps(scores))
    with pytest.raises(ZooError, match="0123456789abcdef"):
        zoo("report", finished)


def test_data_that_cannot_be_had_are_named(finished: Path) -> None:
    recipe = (finished / "recipe.yaml").read_text()
    (finished / "recipe.yaml").write_text(recipe.replace("use: rows", "use: rowes"))
    with pytest.raises(ZooError, match="its page shows its data: .*rowes"):
        zoo("report", finished)
