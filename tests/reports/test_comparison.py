"""Two runs on one page."""

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.recipes import resolve
from zoo.reports.run import write_run_report
from zoo.runs.run import Options, run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled by the first test."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def folders(toy: None, runs: Path) -> list[Path]:
    """Two runs that differ in what they draw and in the seed."""
    if not list(runs.iterdir()):
        for name, seed in (("one", 0), ("two", 1)):
            words = [f"generate.count={8 + seed}"]
            recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=runs, overrides=words)
            run(recipe, Options(seed=seed, runs=runs, name=name), ["zoo"])
    return [runs / "toy-diffusion.random-rows" / name for name in ("one", "two")]


def report(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["report", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_scores_of_both_and_what_sets_them_apart(folders: list[Path], tmp_path: Path) -> None:
    report(*folders, "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    rows = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in re.findall(r"<tr.*?</tr>", text, re.DOTALL)]
    files = [json.loads((folder / "scores.json").read_text()) for folder in folders]
    for name in (name for group in files[0]["scores"].values() for name in group):
        (row,) = (row for row in rows if re.match(rf"{name} [↑↓].* \d+\.\d{{3}}", row))
        both = [
            next(iter(file[kind].values()))[name]["value"] for file in files for kind in ("scores", "held_out_data")
        ]
        assert re.findall(r"(?<!\S)(?<!± )(?<!to )-?\d+\.\d{3}(?!\S)(?! to)", row) == [f"{value:.3f}" for value in both]
    assert "generate.count 8 9" in rows and "seed 0 1" in rows
    assert not any(row.startswith("generate.batch") for row in rows)
    assert "All have the same data" in text
    assert not re.search(r"<(script|link|iframe)|https?://(?!www\.w3\.org)", text.split("<main>")[0])


def test_the_loss_of_both_in_one_chart(folders: list[Path], tmp_path: Path) -> None:
    """The last point of each run, read off the chart, is the last loss on held-out data in its log."""
    report(*folders, "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    (said,) = re.findall(r"<title>denoiser, denoising: (.*?)</title>", text)
    for folder in folders:
        log = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        last = [
            line["denoiser/denoiser/held_out/denoising"]
            for line in log
            if "denoiser/denoiser/held_out/denoising" in line
        ][-1]
        assert re.search(rf"{folder.name} from \S+ to {last:.4g}(,|$)", said)


def test_a_score_in_which_a_trivial_model_wins_says_so(folders: list[Path], runs: Path, tmp_path: Path) -> None:
    ones = run(
        resolve("toy-ones", "random-rows", size="paper", folder=runs), Options(runs=runs, name="x"), ["zoo"]
    ).path
    report(folders[0], ones, "-o", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.search(r"<strong>mean:</strong> A trivial row beats the model: .*x \(1\)\.", text)
    report(*folders, "-o", tmp_path / "page.html")
    assert "A trivial row" not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_report_names_trivial_models_that_win_in_runs_beside_it(folders: list[Path], runs: Path) -> None:
    """Only of as many samples, on the same data, by the same evaluator; and none where there are no such runs."""
    recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=runs)
    page = write_run_report(run(recipe, Options(runs=runs, name="third"), ["zoo"])).read_text(encoding="utf-8")
    assert "A trivial row beats the model: toy-ones (1)." in page
    for changed in ("generate.count=12", "evaluators.mean.digits=2", "dataset.count=41"):
        recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=runs, overrides=[changed])
        page = write_run_report(run(recipe, Options(runs=runs, name="other"), ["zoo"])).read_text(encoding="utf-8")
        assert "A trivial row" not in page


def test_other_data_are_a_warning(folders: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(folders[1], other)
    scores = json.loads((other / "scores.json").read_text())
    scores["provenance"]["dataset_checksum"] = "0123"
    (other / "scores.json").write_text(json.dumps(scores))
    report(folders[0], other, "-o", tmp_path / "page.html")
    assert "Their data are not the same" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_all_that_is_no_run_is_told_at_once(folders: list[Path], tmp_path: Path) -> None:
    for arguments, problems in (
        ((folders[0], tmp_path / "a", tmp_path / "b"), 2),
        ((tmp_path / "a",), 1),
        ((folders[0], folders[0]), 1),
    ):
        with pytest.raises(ZooError) as caught:
            report(*arguments, "-o", tmp_path / "page.html")
        assert len(caught.value.problems) == problems
    assert not list(tmp_path.iterdir())
