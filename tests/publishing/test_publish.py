"""`zoo publish` and `zoo sample`: a folder that explains itself, and structures out of it."""

import json
import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import EvalResultEntry, ModelCard, _eval_results as eval_results
from typer.testing import CliRunner

import zoo
from zoo.cli.app import app
from zoo.data.store import Store, read_samples
from zoo.publishing.publish import publish
from zoo.recipes import resolve
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run
from zoo.scores.words import number

OVERRIDES = ["denoiser.conditions=[volume_fraction]", "generate.condition.volume_fraction=0.3"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    runs = tmp_path_factory.mktemp("runs")
    recipe = resolve("voxploer", "metashell", size="tiny", overrides=OVERRIDES, folder=runs)
    return run(recipe, Options(runs=runs, seed=5), ["zoo", "run"])


@pytest.fixture(scope="module")
def published(finished: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published") / "voxploer"
    publish(finished.path, folder)
    return folder


@pytest.fixture
def copied(finished: RunFolder, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished.path, tmp_path / "run"))


def call(*arguments: str | Path) -> str:
    """A command's output; its ZooError is raised."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


USES = {
    "paper": "voxel-scores, protocol: paper",
    "released": "voxel-scores, protocol: released",
    "new": "valid-unique-novel, same: 0.9, thickness: 2",
    "distribution": "voxel-distribution, neighbours: 5",
}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_the_model_and_what_explains_it(finished: RunFolder, published: Path) -> None:
    model, given_away = files(finished.model), files(published)
    assert model == {name: given_away[name] for name in model}
    results = {f".eval_results/{evaluator}.yaml" for evaluator in ("paper", "released", "new", "distribution")}
    more = {"README.md", "figures/gallery.png", *results}
    assert given_away.keys() == model.keys() | more
    np.testing.assert_array_equal(zoo.load(published).sample(16, seed=5), read_samples(finished.samples))


def test_the_card_quotes_the_scores_with_all_that_belongs_to_them(finished: RunFolder, published: Path) -> None:
    written = json.loads(finished.scores.read_text())
    text = (published / "README.md").read_text()
    for evaluator, group in written["scores"].items():
        assert f"### {evaluator} ({USES[evaluator]})" in text
        for name, score in group.items():
            held_out = written["held_out_data"][evaluator][name]["value"]
            label = name.replace("_", " ") + (f" [{score['unit']}]" if score["unit"] else "")
            better = "higher" if score["higher_is_better"] else "lower"
            row = f"| {label} | {number(score['value'])} | {number(held_out)} | {better} | {score['sentence']} |"
            assert row in text
    for fact in ("metashell@zoo", written["provenance"]["weights"], "seed 5", "Of 16 samples"):
        assert fact in text
    assert "This edition is made by zoo." in text
    assert "**The samples of this model are worthless.**" in text
    assert "--condition volume_fraction=VALUE" in text


def test_published_numbers_are_told_apart(published: Path) -> None:
    text = (published / "README.md").read_text()
    ours, papers = text.split("## Published scores, for comparison")
    assert "DiT-3D" not in ours
    assert papers.count("Table 1 of") == 1
    assert "They were measured there, on the papers' own data, and not here." in papers


def test_the_card_is_a_card(published: Path) -> None:
    card = ModelCard.load(published / "README.md")
    assert card.data.license == "cc0-1.0"
    assert card.data.library_name == "metamaterial-zoo"
    assert {"latent-diffusion", "voxels"} <= set(card.data.tags)
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", card.text)
    assert pictures == ["figures/gallery.png"]
    assert all((published / picture).exists() for picture in pictures)
    assert "{{" not in card.text and "{%" not in card.text


def test_tables_of_the_card_are_whole(published: Path) -> None:
    lines = (published / "README.md").read_text().splitlines()
    rules = [i for i, line in enumerate(lines) if re.fullmatch(r"\|(-+\|)+", line)]
    assert len(rules) >= 5
    for i in rules:
        rows = [lines[i - 1], lines[i]]
        rows += iter(lines[i + 1 : lines.index("", i)])
        assert len(rows) > 2
        assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


def test_what_the_card_says_to_do_works(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (published / "README.md").read_text().replace("FOLDER", str(published))
    [commands] = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    install, sample = commands.splitlines()
    assert install == "pip install metamaterial-zoo"
    monkeypatch.chdir(tmp_path)
    call(*shlex.split(sample)[1:])
    space: dict[str, np.ndarray] = {}
    exec(code, space)  # noqa: S102
    with np.load(tmp_path / "cells.npz") as drawn:
        np.testing.assert_array_equal(drawn["structures"], space["cells"])
    assert f"# {space['cells'].dtype} [100, 12, 12, 12]" in code


def test_scores_for_the_hub(finished: RunFolder, published: Path) -> None:
    written = json.loads(finished.scores.read_text())
    for evaluator, group in written["scores"].items():
        text = (published / ".eval_results" / f"{evaluator}.yaml").read_text()
        entries: list[EvalResultEntry] = eval_results.parse_eval_result_entries(yaml.safe_load(text))
        assert {entry.task_id: entry.value for entry in entries} == {
            f"{evaluator}.{name}": score["value"] for name, score in group.items()
        }
        for entry in entries:
            assert "on metashell@zoo" in str(entry.notes) and written["provenance"]["weights"] in str(entry.notes)


def test_the_licence_is_that_of_the_data_unless_given(finished: RunFolder, tmp_path: Path) -> None:
    call("publish", finished.path, tmp_path / "out", "--licence", "CC-BY-4.0")
    text = (tmp_path / "out/README.md").read_text()
    assert ModelCard(text).data.license == "cc-by-4.0"
    assert "The weights: CC-BY-4.0. The data they were made from: CC0-1.0." in text


def test_nothing_that_is_there_is_replaced(finished: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    call("publish", finished.path, tmp_path / "out")
    before = files(tmp_path / "out")
    with pytest.raises(zoo.ZooError, match="out exists already; name a new folder"):
        call("publish", finished.path, tmp_path / "out")
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("name", ["scores.json", "recipe.yaml", "environment.json", "samples.safetensors"])
def test_an_unfinished_run_is_not_published(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(zoo.ZooError, match=name):
        publish(copied, copied.parent / "out")
    assert not (copied.parent / "out").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"scores": 1}', '{"provenance": {}, "scores": {}, "held_out_data": []}'])
def test_results_that_cannot_be_read(copied: Path, text: str) -> None:
    (copied / "scores.json").write_text(text)
    with pytest.raises(zoo.ZooError, match="its results cannot be read"):
        publish(copied, copied.parent / "out")


def test_scores_of_other_weights_are_not_published(copied: Path) -> None:
    path = copied / "scores.json"
    path.write_text(path.read_text().replace('"weights": "', '"weights": "0'))
    with pytest.raises(zoo.ZooError, match="its scores are not those of its model"):
        publish(copied, copied.parent / "out")


def test_a_model_that_cannot_be_loaded_is_not_published(copied: Path) -> None:
    (copied / "model/encoder/config.json").unlink()
    with pytest.raises(zoo.ZooError, match="encoder/config.json: it is missing"):
        publish(copied, copied.parent / "out")


def test_pushing_needs_a_name_and_a_login(finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "none"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(zoo.ZooError) as caught:
        call("publish", finished.path, tmp_path / "out", "--push-to", "a/b/c")
    assert [problem[:16] for problem in caught.value.problems] == ["--push-to a/b/c:", "--push-to: you a"]
    assert "hf auth login" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_pushing_without_a_network_keeps_the_folder(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_none")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(zoo.ZooError, match=r"out is written, but not pushed \(.*\). Later: hf upload me/mine out"):
        call("publish", finished.path, "out", "--push-to", "me/mine")
    assert zoo.load(tmp_path / "out").provenance["seed"] == 5


def test_a_store_says_how_it_was_drawn(published: Path, tmp_path: Path) -> None:
    path = tmp_path / "cells.safetensors"
    changes = ["--set", "sampler.use=ddim", "--set", "sampler.steps=10"]
    call("sample", published, "-n", 20, "--seed", 7, "-o", path, "--condition", "volume_fraction=0.5", *changes)
    pretrained = zoo.load(published, overrides=["sampler.use=ddim", "sampler.steps=10"])
    expected = pretrained.sample(20, seed=7, condition={"volume_fraction": 0.5})
    np.testing.assert_array_equal(read_samples(path), expected)
    told = Store(path).metadata
    assert told["weights"] == pretrained.provenance["weights"]
    assert told["drawn"] == {
        "seed": 7,
        "condition": {"volume_fraction": 0.5},
        "changes": ["sampler.use=ddim", "sampler.steps=10"],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "cells.stp"], "--output cells.stp: unknown format '.stp'; known: .safetensors, .npz"),
        (["-o", "cells.npz", "--condition", "volume_fraction"], "expected NAME=VALUE"),
        (["-o", "cells.npz", "--condition", "volume_fraction=much"], "expected NAME=VALUE"),
        (["-o", "cells.npz", "--condition", "weight=1"], "no condition 'weight'"),
        (["-o", "cells.npz", "--set", "encoder.width=1"], "weights depend on it"),
    ],
)
def test_what_cannot_be_drawn_is_said_first(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(zoo.ZooError, match=message):
        call("sample", published, *arguments)
    assert not list(tmp_path.iterdir())
