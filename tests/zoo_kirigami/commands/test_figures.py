"""Figures of runs."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.recipes import resolve
from zoo.runs.run import Options, run
from zoo_kirigami.cuts.geometry import base_angles

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")

    def finish(model, data="kirigami-60", *overrides):
        recipe = resolve(model, data, size="tiny", overrides=["dataset.count=40", "generate.count=8", *overrides])
        return run(recipe, Options(runs=folder), ["zoo", "run", model]).path

    return {
        "vae": finish("kirigami-vae", "kirigami-60", "train.autoencoder.preview=4"),
        "uniform": finish("kirigami-uniform"),
        "other": finish("kirigami-uniform", "kirigami-90"),
    }


def invoke(*arguments):
    return CliRunner().invoke(app, ["kirigami-figures", *map(str, arguments)])


def test_runs_on_the_same_data_share_their_figures(runs, tmp_path):
    done = invoke(runs["vae"], runs["uniform"], runs["uniform"], "-o", tmp_path / "figures")
    assert done.exit_code == 0, done.output
    assert {path.stem for path in (tmp_path / "figures").iterdir()} == {
        "rotations",
        "neighbours",
        "crossings",
        "admissible",
    }
    assert "No curve of kirigami-uniform" in done.output
    drawn = ET.parse(tmp_path / "figures" / "neighbours.svg").getroot()
    assert len(list(drawn.iter(f"{SVG}image"))) == 3  # A run that is named twice is shown once.
    curve = ET.parse(tmp_path / "figures" / "crossings.svg").getroot().find(f"{SVG}polyline").get("points").split()
    assert len(curve) == 4  # 32 cells, three epochs in batches of 32: before the first step, and after each.


def test_uniform_cuts_are_the_dotted_line_of_figure_7a(runs, tmp_path):
    """It is the highest of all: such cuts cross 14.6 times a cell at 60 degrees, as `kirigami-uniform` was measured."""
    assert invoke(runs["vae"], "-o", tmp_path).exit_code == 0
    drawing = ET.parse(tmp_path / "crossings.svg").getroot()
    lines = {path.get("stroke-dasharray"): path.get("d") for path in drawing.iter(f"{SVG}path")}
    dashed, dotted = (210 - float(re.match(r"M\S+ (\S+)h", lines[dashes])[1]) for dashes in ("5 4", "1.5 4"))
    highest = max(float(text.text) for text in drawing.iter(f"{SVG}text") if re.fullmatch(r"[\d.]+", text.text))
    assert dotted == pytest.approx(200)
    assert highest == pytest.approx(14.6, abs=0.3)
    assert dashed < dotted / 1.5


def test_runs_that_cannot_be_compared_are_refused(runs, tmp_path):
    done = invoke(runs["vae"], runs["other"], tmp_path, "-o", tmp_path / "figures")
    assert isinstance(done.exception, ZooError)
    problems = done.exception.problems
    assert len(problems) == 2 and "not a finished run" in problems[0] and "same data" in problems[1]
    assert not (tmp_path / "figures").exists()


def test_ways_from_one_cell_to_another(tmp_path):
    cells = tmp_path / "cells.npy"
    base = base_angles(4)
    np.save(cells, np.stack([base, np.where(base == 0, 20, 110), np.zeros((4, 4))]).astype(np.float32))
    arguments = ["kirigami-path", str(cells), "--side", "4", "-o"]
    done = CliRunner().invoke(app, [*arguments, str(tmp_path / "path.svg"), "--frames", "3"])
    assert done.exit_code == 0, done.output
    assert done.output.count(" 80.0 degrees") == 2  # sixteen cuts by twenty degrees: sqrt(16) times 20
    assert len(ET.parse(tmp_path / "path.svg").getroot().findall(f"{SVG}svg")) == 6
    for options, problem in ((["p.png", "--goal", "3"], "holds 3 cells"), (["p.svg", "--goal", "2"], "two cells")):
        done = CliRunner().invoke(app, [*arguments, *options])
        assert isinstance(done.exception, ZooError) and problem in str(done.exception)
