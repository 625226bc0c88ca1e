"""Anybody's structures are scored as a run's are; what cannot be scored is one short message."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import Facts, ZooError
from zoo.cli.app import app
from zoo.data.opening import Data, open_data
from zoo.data.store import write_structures
from zoo.system import machine
from zoo_voxels.components.voxel_scores import VoxelScores
from zoo_voxels.meshing.mesh_files import write_stl
from zoo_voxels.meshing.meshes import surface

D = 12
BLOCK = {"use": "metashell", "resolution": D, "count": 40}
REFERENCE = ("-d", "metashell", "--set", f"dataset.resolution={D}", "--set", "dataset.count=40")

TOY = """
zoo: 1
datasets:
  toy-rows: {use: rows, length: 4, count: 10, evaluators: {mean: {use: mean}}}
  bare: {use: rows, length: 4, count: 10}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def data(zoo_home: Path) -> Data:
    return open_data(BLOCK, quiet=True)


def evaluate(*words: object) -> str:
    done = CliRunner().invoke(app, ["evaluate", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> tuple[str, ...]:
    done = CliRunner().invoke(app, ["evaluate", *map(str, words)])
    assert isinstance(done.exception, ZooError), done.output
    return done.exception.problems


class TestScores:
    def test_they_are_those_of_the_evaluator(self, data: Data) -> None:
        cells = data.held_out.array()
        np.save("mine.npy", cells)
        text = evaluate("mine.npy", *REFERENCE, "-e", "paper", "--json", "mine.json")
        told = json.loads(Path("mine.json").read_text())
        expected = VoxelScores().scores(cells, data, Facts())
        for name, score in expected.items():
            entry = told["scores"]["paper"][name]
            assert (entry["value"], entry["sentence"]) == (score.value, score.sentence)
            assert entry["value"] == told["held_out_data"]["paper"][name]["value"]
            line = next(line for line in text.splitlines() if line.startswith(f"paper.{name} "))
            assert f"{score.value:.4g}" in line and score.sentence in line
            if score.interval:
                assert f"{score.interval[0]:.4g} to {score.interval[1]:.4g}" in line
        assert told["provenance"]["dataset"] == "metashell@zoo"
        assert data.checksum.startswith(told["provenance"]["dataset_checksum"])

    def test_those_to_look_at_first_stand_above_a_gap(self, data: Data) -> None:
        np.save("mine.npy", data.held_out.array())
        told = evaluate("mine.npy", *REFERENCE, "-e", "paper", "-e", "new").splitlines()
        gap = len(told) - 1 - told[::-1].index("")
        first = [line.partition(" ")[0] for line in told[:gap]]
        assert first[-2:] == ["new.valid_unique_novel", "new.distance_to_held_out"]
        assert told[gap + 1].startswith("paper.symmetry ")
        assert sum(line.startswith("new.valid_unique_novel ") for line in told) == 1

    def test_every_kind_of_file_gives_the_same(self, data: Data) -> None:
        cells = data.held_out.array()[:5]
        np.save("a.npy", cells)
        np.savez_compressed("b.npz", structures=cells.astype(bool))
        np.save("grey.npy", np.where(cells, 0.75, 0.25))
        write_structures(Path("c.safetensors"), cells, binary=True, properties={}, metadata={})
        Path("run").mkdir()
        write_structures(Path("run/samples.safetensors"), cells, binary=True, properties={}, metadata={})
        Path("stack").mkdir()
        for place, cell in enumerate(cells):
            np.save(f"stack/{place}.npy", cell)
        outputs = [
            evaluate(*words, *REFERENCE, "-e", "paper").splitlines()[-6:]
            for words in (
                ("a.npy",),
                ("b.npz",),
                ("c.safetensors",),
                ("run",),
                ("grey.npy", "--set", "importer.threshold=0.5"),
                ("stack",),
                ("a.npy", "a.npy", "--count", 5),
            )
        ]
        assert all(output == outputs[0] for output in outputs)

    def test_a_solid_of_another_program(self, data: Data) -> None:
        """A cross of beams, as triangles, at the resolution of the reference."""
        cell = np.zeros((D,) * 3, bool)
        cell[4:8, 4:8] = cell[4:8, :, 4:8] = cell[:, 4:8, 4:8] = True
        write_stl(surface(cell, 10.0), Path("cross.stl"))
        evaluate("cross.stl", *REFERENCE, "-e", "paper", "--json", "cross.json")
        scores = json.loads(Path("cross.json").read_text())["scores"]["paper"]
        assert [scores[name]["value"] for name in ("symmetry", "periodicity", "connectivity")] == [1, 1, 1]

    def test_angles_are_scored_by_the_same_command(self) -> None:
        angles = open_data({"use": "kirigami", "max_rotation": 60, "count": 32}, quiet=True).store.array()[:4]
        with Path("angles.csv").open("w", newline="") as file:
            csv.writer(file).writerows(angles.reshape(4, 36).tolist())
        told = evaluate("angles.csv", "-d", "kirigami-60", "--set", "dataset.count=32")
        assert "4 structures of angles.csv beside kirigami-60@zoo" in told
        assert "crossings." in told

    @pytest.mark.usefixtures("toy")
    def test_structures_of_any_domain(self) -> None:
        Path("registry.yaml").write_text(TOY)
        Path("my.rows").write_text("0 0 1 1\n0.5 0.5 0.5 0.5\n1 1 1 1\n")
        line = evaluate("my.rows", "-d", "toy-rows").splitlines()[-1].split()
        assert line[:2] == ["mean.mean", f"{2 / 3:.4g}"]

    def test_a_page_of_scores_and_pictures(self, data: Data) -> None:
        np.save("mine.npy", data.held_out.array()[:4])
        evaluate("mine.npy", *REFERENCE, "-e", "paper", "--report", "page.html")
        page = Path("page.html").read_text(encoding="utf-8")
        assert "mine.npy beside metashell@zoo" in page and page.count("<figure") >= 3

    def test_of_one_cell_there_is_no_diversity_and_no_interval(self, data: Data) -> None:
        np.save("one.npy", data.held_out.array()[0])
        text = evaluate("one.npy", *REFERENCE, "--json", "one.json")
        assert "note: of one structure there are no confidence intervals" in text
        scores = json.loads(Path("one.json").read_text())["scores"]
        assert {"diversity", "unique", "vendi", "recall", "nearest_neighbour_accuracy"}.isdisjoint(
            name for group in scores.values() for name in group
        )
        assert {"novelty", "valid_unique_novel", "density"} <= {name for group in scores.values() for name in group}
        assert all(score["interval"] is None for group in scores.values() for score in group.values())

    def test_empty_cells_are_scored_and_not_refused(self, data: Data) -> None:
        """Whoever makes such cells has made bad ones."""
        cells = data.held_out.array()[:4]
        cells[1:3] = 0
        np.save("mine.npy", cells)
        evaluate("mine.npy", *REFERENCE, "-e", "new", "--json", "mine.json")
        valid = json.loads(Path("mine.json").read_text())["scores"]["new"]["valid"]
        assert valid["per_sample"][1:3] == [0, 0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("array", "message"),
        [
            (np.zeros((3, D, D, D + 1)), f"its cells are {D}x{D}x{D + 1}; a cell is a cube."),
            (np.zeros((3, D * D)), "its array has 2 axes, expected n, x, y, z."),
            (np.full((3, D, D, D), 0.25), "it has grey values from 0.25 to 0.25: tell the importer what is solid"),
            (np.zeros((0, D, D, D)), "it has no entries."),
            (
                np.zeros((2, 8, 8, 8)),
                f"its resolution is 8, and that of metashell is {D}. --set importer.resolution={D} converts them.",
            ),
        ],
    )
    def test_each_is_one_message(self, data: Data, array: np.ndarray, message: str) -> None:
        np.save("bad.npy", array)
        found = refused("bad.npy", *REFERENCE)
        assert len(found) == 1 and message in found[0] and found[0].startswith("bad.npy: ")

    def test_nan_is_named_by_its_cell(self, data: Data) -> None:
        cells = np.zeros((4, D, D, D))
        cells[2, 0, 0, 0] = np.nan
        np.save("bad.npy", cells)
        assert refused("bad.npy", *REFERENCE) == ("bad.npy: entry 3: it holds NaN or infinities.",)

    def test_a_mistake_that_all_cells_share_is_said_once(self, data: Data) -> None:
        np.save("bad.npy", np.full((30, D, D, D), np.nan))
        assert refused("bad.npy", *REFERENCE) == (
            "bad.npy: entry 1: it holds NaN or infinities. It is the same with 29 others.",
        )

    def test_stores_of_other_structures(self, data: Data) -> None:
        write_structures(Path("a.safetensors"), np.zeros((2, 8, 8, 8)), binary=True, properties={}, metadata={})
        wanted = f"a.safetensors: its structures are 8x8x8, binary, and those of metashell {D}x{D}x{D}, binary."
        assert refused("a.safetensors", *REFERENCE) == (wanted,)

    def test_more_than_memory_holds(self, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
        np.save("many.npy", np.zeros((50, D, D, D), bool))
        monkeypatch.setattr(machine, "free_memory", lambda: 300_000)
        (message,) = refused("many.npy", *REFERENCE)
        assert message.startswith(f"to score 50 structures of {D}x{D}x{D} takes") and "--count" in message
        evaluate("many.npy", *REFERENCE, "-e", "paper", "--count", 2)

    def test_files_that_are_not_there_or_nothing_like_it(self, data: Data) -> None:
        assert refused("a.npy", "b.npy", *REFERENCE) == ("a.npy: no such file.", "b.npy: no such file.")
        Path("notes.md").write_text("hello")
        assert "no importer of voxels can read it" in refused("notes.md", *REFERENCE)[0]
        Path("broken.npy").write_text("hello")
        assert refused("broken.npy", *REFERENCE)[0].startswith("broken.npy: ")

    def test_settings_and_names(self, data: Data) -> None:
        np.save("a.npy", np.zeros((2, D, D, D)))
        assert "expected dataset.…" in refused("a.npy", *REFERENCE, "--set", "model.x=3")[0]
        assert refused("a.npy", *REFERENCE, "-e", "papper") == (
            "metashell has no evaluator 'papper'. Did you mean 'paper'?",
        )
        assert "metashel" in refused("a.npy", "-d", "metashel")[0]

    def test_a_file_that_cannot_be_written_costs_no_scores(self, data: Data) -> None:
        np.save("a.npy", data.held_out.array())
        Path("taken").write_text("")
        done = CliRunner().invoke(app, ["evaluate", "a.npy", *REFERENCE, "-e", "paper", "--json", "taken/a.json"])
        assert str(done.exception).startswith("cannot write taken/a.json")
        assert "paper.quality" in done.output

    @pytest.mark.usefixtures("data")
    def test_a_reference_too_small_to_be_split(self) -> None:
        np.save("a.npy", np.ones((2, D, D, D)))
        few = refused("a.npy", "-d", "metashell", "--set", f"dataset.resolution={D}", "--set", "dataset.count=2")
        assert few == ("metashell: 2 structures are too few to train on some and to hold others out.",)

    @pytest.mark.usefixtures("toy")
    def test_a_dataset_without_evaluators(self) -> None:
        Path("registry.yaml").write_text(TOY)
        Path("my.rows").write_text("0 0 1 1\n")
        assert refused("my.rows", "-d", "bare")[0].startswith("bare has no evaluators")
