"""A component that breaks its contract is named, and what is wrong with it, without a traceback."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import zoo
from zoo import discovery
from zoo.recipes import resolve
from zoo.runs.run import Options, run

TOY, BROKEN = (Path(__file__).parents[1] / name for name in ("toy_plugin.py", "broken_plugin.py"))


@pytest.fixture
def here(toy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where the broken components are there beside the toy ones."""
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    with discovery.using(TOY, BROKEN):
        yield tmp_path
    sys.modules.pop(BROKEN.stem, None)


def problems(folder: Path, *overrides: str) -> str:
    with pytest.raises(zoo.ZooError) as caught:
        recipe = resolve("toy-diffusion", "random-rows", size="paper", overrides=overrides, folder=folder)
        run(recipe, Options(runs=folder / "runs"), ["zoo", "run"])
    assert not list(folder.glob("runs/*/*/report.html")) and not list(folder.glob("home/datasets/faulty-*/card.json"))
    return str(caught.value)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("encoder.use=shapeless", "encoder 'shapeless' of "),
        ("encoder.use=shapeless", "it has no latent_shape (positive whole numbers)."),
        ("encoder.use=shifty", "Shifty gives latents (32, 4), and by its latent_shape they are (32, 5)."),
        ("sampler.use=homeless", "sampler 'homeless' of "),
        ("sampler.use=homeless", "its families is (), and 'diffusion', 'flow' or both must be there."),
        ("dataset.count=0", "dataset 'rows' of "),
        ("dataset.count=0", "its count is 0, and a positive whole number must be there."),
        ("dataset={use: faulty, fault: domain}", "dataset: expected a domain, {use: name, …}, got 'row'."),
        ("dataset={use: faulty, fault: card}", "dataset: its card is 'a card', and no zoo.Card."),
        (
            "dataset={use: faulty, fault: length}",
            "dataset 'faulty', items 0 to 15: structures (15, 8), and (16, 8) are",
        ),
        ("dataset={use: faulty, fault: shape}", "dataset 'faulty', items 0 to 15: structures (16, 7), and (16, 8) are"),
        ("dataset={use: faulty, fault: type}", "structures of |S8, and numbers are wanted."),
        ("dataset={use: faulty, fault: list}", "structures list, and (16, 8) are wanted."),
        ("dataset={use: faulty, fault: nan}", "values that are not in the domain's range, 0 to 1."),
        ("dataset={use: faulty, fault: range}", "values that are not in the domain's range, 0 to 1."),
        (
            "dataset={use: faulty, fault: property}",
            "the property 'height' has values (15,), and 16 numbers are wanted.",
        ),
        ("evaluators.mean={use: unsound, fault: list}", "evaluator 'unsound' of "),
        ("evaluators.mean={use: unsound, fault: list}", "its scores are [Score("),
        ("evaluators.mean={use: unsound, fault: number}", "the score 'one' is 1.0, and no zoo.Score."),
        ("evaluators.mean={use: unsound, fault: text}", "the value of 'one' is '1', and no number."),
        (
            "evaluators.mean={use: unsound, fault: samples}",
            "'one' has values (9,) per sample, and there are 8 samples.",
        ),
    ],
)
def test_it_is_named(here: Path, override: str, words: str) -> None:
    assert words in problems(here, override)
