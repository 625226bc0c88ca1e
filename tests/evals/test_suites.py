"""Suites as files: those that ship with zoo, and what is wrong with others."""

from pathlib import Path

import pytest

from zoo import ZooError
from zoo.evals.planning import plan_suite
from zoo.evals.suites import find_suite, read_suite, suite_files
from zoo.published import published
from zoo.runs import Options

SUITE = """\
suite: 1
version: 1
summary: A try
datasets: [metashell@zoo]
sizes: [tiny]
seeds: [0]
count: 8
evaluators:
  paper: {use: voxel-scores}
headline: [paper.quality]
rows:
  ours: {model: voxploer}
"""


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ZooError) as caught:
        suite = read_suite(path)
        head = suite.head
        plan_suite(suite, "tiny", Options(), datasets=head.datasets, rows=suite.chosen([], "rows"), seeds=[0])
    return [problem.replace(f"{path}", "mine.yaml") for problem in caught.value.problems]


@pytest.mark.parametrize("name", suite_files())
def test_every_recipe_of_our_suites_resolves(name: str, tmp_path: Path) -> None:
    suite = find_suite(name)
    head = suite.head
    rows = suite.chosen([], "rows")
    planned = plan_suite(
        suite, "small", Options(), datasets=head.datasets[:1], rows=rows, seeds=head.seeds, folder=tmp_path
    )
    assert len({run.name for run in planned}) == len(rows) * len(head.seeds)
    for run in planned:
        assert set(run.recipe.evaluators) == set(suite.evaluators.value)
        assert run.recipe.generate.count == (800 if run.row.model == "trivial-held-out" else head.count)
    shown = [
        table.table for d in head.datasets for e in ("voxel-scores", "cut-crossings") for table in published(d[:-4], e)
    ]
    assert set(head.published) <= set(shown)


def test_rows_change_what_they_say_and_nothing_else(tmp_path: Path) -> None:
    suite = find_suite("voxploer-ablation")
    planned = plan_suite(
        suite,
        "small",
        Options(),
        datasets=["metashell@zoo"],
        rows=["RAS, DDPM", "RAS, SRR (VOXPLOER)"],
        seeds=[0],
        folder=tmp_path,
    )
    ddpm, srr = (run.recipe.to_dict() for run in planned)
    assert ddpm.pop("sampler") == srr.pop("sampler")["base"]
    assert ddpm == srr


def test_all_that_is_wrong_with_the_form_is_told_at_once(tmp_path: Path) -> None:
    text = SUITE.replace("version: 1", "version: one").replace("sizes:", "size:").replace("seeds: [0]", "seeds: [0, 0]")
    text = (
        text.replace("paper.quality", "papper.quality")
        + "  theirs: {modle: x}\n  none: [1]\ntrivial: {ours: {model: y}}\n"
    )
    wanted = (
        (2, "version: expected a whole number >= 1, got 'one'"),
        (1, "'sizes' is missing"),
        (5, "Did you mean 'sizes'?"),
        (13, "'model' is missing"),
        (13, "unknown key 'modle'. Did you mean 'model'?"),
        (14, "none: expected"),
        (15, "there is such a row already"),
        (10, "'papper.quality' is no evaluator.score"),
        (6, "0: named twice"),
    )
    for found, (line, words) in zip(problems(tmp_path, text), wanted, strict=True):
        assert found.startswith(f"mine.yaml:{line}: ") and words in found


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "paper.quality",
            "papper.quality",
            10,
            "'papper.quality' is no evaluator.score of this suite. Did you mean 'paper'?",
        ),
        ("seeds: [0]", "seeds: [0, 0]", 6, "0: named twice"),
        ("seeds: [0]", "seeds: [-1]", 6, "no negative number"),
        ("seeds: [0]", "seeds: [true]", 6, "expected a list, each item a whole number"),
        ("headline: [paper.quality]", "headline: [paper.quality]\nplane: [paper.quality]", 11, "two scores"),
        ("rows:\n  ours: {model: voxploer}", "rows: {}", 11, "needs rows"),
        ("rows:\n  ours: {model: voxploer}", "rows: [voxploer]", 11, "expected rows"),
        ("evaluators:\n  paper: {use: voxel-scores}", "evaluators: []", 8, "needs evaluators"),
        ("{model: voxploer}", "{model: voxploer, set: 3}", 12, "ours.set: expected changes"),
        ("{model: voxploer}", "{model: voxploer, sizes: small}", 12, "ours.sizes: expected sizes"),
        ("suite: 1", "suite: 2", 1, "suite: expected 1, got 2"),
        ("suite: 1", "suite: 1\nsuite: 1", 2, "is there already"),
        ("{model: voxploer}", "{model: voxplorer}", 12, "there is no model 'voxplorer'. Did you mean 'voxploer'?"),
        ("metashell@zoo", "metashel@zoo", 12, "there is no dataset 'metashel"),
        ("{model: voxploer}", "{model: voxploer, set: {sampler: {use: srrr}}}", 12, "Did you mean 'srr'?"),
        ("{model: voxploer}", "{model: voxploer, set: {encoder: {dept: 3}}}", 12, "Did you mean 'depth'?"),
        ("{model: voxploer}", "{model: voxploer, set: {base: voxploer}}", 12, "only an entry of a registry.yaml"),
        ("{use: voxel-scores}", "{use: voxel-score}", 9, "Did you mean 'voxel-scores'?"),
        ("count: 8", "count: 0", 7, "count: expected a whole number > 0, got 0"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in SUITE
    [found] = problems(tmp_path, SUITE.replace(old, new))
    assert found.startswith(f"mine.yaml:{line}: ") and words in found, found


def test_what_is_no_suite_at_all(tmp_path: Path) -> None:
    for text in ("", "[1]", "3", "suite: 1\n"):
        assert problems(tmp_path, text)
    with pytest.raises(ZooError, match="there is no suite 'voxploer-ablatoin', .* Did you mean 'voxploer-ablation'"):
        find_suite("voxploer-ablatoin")
    with pytest.raises(ZooError, match="cannot read nowhere.yaml"):
        find_suite("nowhere.yaml")


def test_rows_and_datasets_by_name() -> None:
    suite = find_suite("voxploer-ablation")
    assert suite.chosen(["metatruss"], "datasets") == ["metatruss@zoo"]
    assert suite.chosen(["voxploer"], "rows") == ["RAS, DDPM", "RAS, SRR (VOXPLOER)"]
    assert suite.chosen(["solid", "noise"], "rows") == ["solid", "noise"]
    with pytest.raises(ZooError) as caught:
        suite.chosen(["sollid", "metashell"], "rows")
    assert len(caught.value.problems) == 2 and "Did you mean 'solid'?" in caught.value.problems[0]
    with pytest.raises(ZooError, match="not for size 'big'. Known: paper, small, tiny"):
        suite.refuse_size("big")
