"""Suites as files: those that ship with zoo, and what is wrong with others."""

from pathlib import Path

import pytest
import torch

from zoo import Model, Noise, Structure, ZooError
from zoo.building.builder import build
from zoo.components.models.autoencoding import Autoencoding
from zoo.components.models.latent_diffusion import LatentDiffusion
from zoo.evals.planning import plan_suite
from zoo.evals.suites import find_suite, read_suite, suite_files
from zoo.runs.run import Options
from zoo.scores.papers import published

CONTROLS = [
    f"{label}, {control} latents decoded"
    for label in ("RAS", "negatives reconstructed, RAS weights 0")
    for control in ("random", "Gaussian")
]
FORCELESS = [f"negatives reconstructed, RAS weights 0, {sampler}" for sampler in ("DDPM", "SRR")]
SMALL = {"voxploer": Structure((12, 12, 12), 0.0, 1.0), "kirigami": Structure((6, 6), -60.0, 150.0)}
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
    for size in head.sizes:
        # At one size all, at the others those rows that say something of them.
        said = rows if size == "small" else [row.label for row in suite.rows if size in row.sizes] or rows[:1]
        planned = plan_suite(
            suite, size, Options(), datasets=head.datasets[:1], rows=said, seeds=head.seeds, folder=tmp_path
        )
        assert len({run.name for run in planned}) == len(said) * len(head.seeds)
        count = 24 if (size, head.datasets[0]) == ("tiny", "metashell@zoo") else 1000
        for run in planned:
            assert set(run.recipe.evaluators) == set(suite.evaluators.value)
            all_there_are = (size, run.row.model) == ("small", "trivial-held-out")
            assert run.recipe.generate.count == (800 if all_there_are else count)
    blocks = suite.evaluators.plain().values()
    shown = [table.table for d in head.datasets for block in blocks for table in published(d[:-4], block)]
    assert set(head.published) <= set(shown)


def test_rows_change_what_they_say_and_nothing_else(tmp_path: Path) -> None:
    suite = find_suite("voxploer-ablation")
    planned = plan_suite(
        suite,
        "small",
        Options(),
        datasets=["metashell@zoo"],
        rows=["RAS, DDPM", "RAS, SRR"],
        seeds=[0],
        folder=tmp_path,
    )
    ddpm, srr = (run.recipe.to_dict() for run in planned)
    assert ddpm.pop("sampler") == srr.pop("sampler")["base"]
    assert ddpm == srr


@pytest.mark.parametrize(
    "name", ["voxploer-ablation", "voxploer-regulariser", "voxploer-robustness", "kirigami-benchmark"]
)
def test_rows_take_the_forces_of_ras_away_and_leave_the_negatives_reconstructed(name: str, tmp_path: Path) -> None:
    """The paper's ablation takes both away at once."""
    suite, structure = find_suite(name), SMALL[name.partition("-")[0]]
    rows = [row.label for row in suite.rows if "negatives reconstructed, RAS weights 0" in row.label]
    assert rows
    planned = plan_suite(
        suite, "tiny", Options(), datasets=suite.head.datasets[:1], rows=rows, seeds=[0], folder=tmp_path
    )
    cells = (torch.rand(4, *structure.shape, generator=torch.Generator().manual_seed(0)) > 0.5).float()
    for run in planned:
        model = build(Model, run.recipe.model_block, structure=structure)
        assert isinstance(model, LatentDiffusion)
        player = Autoencoding(model.encoder, model.regulariser, model.negatives, model.negative_weight)
        terms = {term: value.item() for term, value in player({"structure": cells}, Noise(0, range(4))).items()}
        assert {terms.pop(force) for force in ("inter", "intra", "sink")} == {0.0}
        assert min(value for term, value in terms.items() if term.startswith("negative_")) > 0


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
        (10, "'papper.quality' is not an evaluator.score"),
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
            "'papper.quality' is not an evaluator.score of this suite. Did you mean 'paper'?",
        ),
        ("seeds: [0]", "seeds: [0, 0]", 6, "0: named twice"),
        ("seeds: [0]", "seeds: [-1]", 6, "must not be negative"),
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
        ("count: 8", "count: 8\ncounts: {tiny: 0}", 8, "counts.tiny: expected a whole number > 0, got 0"),
        ("count: 8", "count: 8\ncounts: {smal: 4}", 8, "not for this size"),
        ("count: 8", "count: 8\ncounts: 4", 8, "expected a mapping, each value a whole number, got 4"),
        ("suite: 1", "base: 3\nsuite: 1", 1, "base: expected the path of a YAML file, got 3"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in SUITE
    [found] = problems(tmp_path, SUITE.replace(old, new))
    assert found.startswith(f"mine.yaml:{line}: ") and words in found, found


def test_a_suite_over_a_base(tmp_path: Path) -> None:
    """What the file says goes over what its base says, and a mistake is told where it stands."""
    (tmp_path / "shared").mkdir()
    below = tmp_path / "shared" / "below.yaml"
    trivial = "trivial: {solid: {model: trivial-solid}}\n"
    below.write_text(SUITE.partition("rows:")[0].replace("sizes: [tiny]", "sizes: [tiny, small]") + trivial)
    mine = tmp_path / "mine.yaml"
    mine.write_text("base: shared/below.yaml\nsummary: Mine\ncounts: {tiny: 3}\nrows: {ours: {model: voxploer}}\n")
    suite = read_suite(mine)
    assert (suite.name, suite.head.summary, suite.head.sizes) == ("mine", "Mine", ["tiny", "small"])
    assert [(row.label, row.trivial) for row in suite.rows] == [("ours", False), ("solid", True)]
    assert [suite.count(size).plain() for size in suite.head.sizes] == [3, 8]
    below.write_text(below.read_text().replace("count: 8", "count: none") + "base: mine.yaml\n")
    mine.write_text("base: shared/below.yaml\nrows: {ours: {modle: voxploer}}\n")
    with pytest.raises(ZooError) as caught:
        read_suite(mine)
    assert [problem.replace(f"{tmp_path}/", "").split(" ")[0] for problem in caught.value.problems] == [
        "shared/below.yaml:7:",
        "shared/below.yaml:12:",
        "mine.yaml:2:",
        "mine.yaml:2:",
    ]
    below.unlink()
    with pytest.raises(ZooError, match=r"cannot read .*below\.yaml"):
        read_suite(mine)


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
    assert suite.chosen(["voxploer"], "rows") == ["RAS, DDPM", "RAS, SRR", *FORCELESS, *CONTROLS]
    assert suite.chosen(["solid", "noise"], "rows") == ["solid", "noise"]
    with pytest.raises(ZooError) as caught:
        suite.chosen(["sollid", "metashell"], "rows")
    assert len(caught.value.problems) == 2 and "Did you mean 'solid'?" in caught.value.problems[0]
    with pytest.raises(ZooError, match="not for size 'big'. Known: paper, small, tiny"):
        suite.refuse_size("big")
