"""Recipes in all layers: a `registry.yaml`, a `--config` and some `--set`, through `zoo run --dry-run`; those that are
small are run."""

import contextlib
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st
from typer.testing import CliRunner

from fuzzing.values import TEXTS, VALUES, WORDS, near, places, spoilt
from zoo.cli.app import app
from zoo.recipes import Recipe, resolve

MODEST = {
    "dataset.count": 12,
    "dataset.resolution": 8,
    "dataset.n": 4,
    "schedule.steps": 5,
    "generate": {"count": 3, "batch": 2},
    "train.autoencoder": {"epochs": None, "steps": 2, "batch": 4},
    "train.denoiser": {"epochs": None, "steps": 2, "batch": 4},
    "train.adversarial": {"epochs": None, "steps": 2, "batch": 4},
}
"""What makes a run end at once; of it, each model is told what it takes."""
PAIRS = {
    ("voxploer", "metashell"): ("count", "resolution", "schedule", "generate", "autoencoder", "denoiser"),
    ("kirigami-vae", "kirigami-60"): ("count", "n", "generate", "autoencoder"),
    ("kirigami-wgan", "kirigami-20"): ("count", "n", "generate", "adversarial"),
    ("kirigami-ddpm", "kirigami-90"): ("count", "n", "schedule", "generate", "denoiser"),
    ("kirigami-ddpm-double-angle", "kirigami-60"): ("count", "n", "schedule", "generate", "denoiser"),
}
SNIPPETS = st.sampled_from(
    [
        *("\t", ": ", "- ", "? ", "---\n", "...\n", "%YAML 9.9\n", "&a ", "*a ", "*b", "<<: *a\n", "{", "}", "[", "]"),
        *("'", '"', "|\n", ">\n", "#", ",", "!!python/object:os.system ", "!!binary ", "!!set ", "!!omap ", "!x "),
        *("!!int x", "!!float x", "!!bool x", "!!timestamp x", "2020-13-45", "190:20:30", "0x", "0o9", "1_0", "=", "~"),
        *(
            "no",
            "NO",
            ".inf",
            "-.INF",
            ".nan",
            "1e999",
            "1e-4",
            "9" * 5000,
            '"\\ud800"',
            "\0",
            "\x85",
            "\u2028",
            "\ufeff",
        ),
        *("[" * 3000, "{a: " * 300, "a: &a [*a]\n", "&a {b: *a}", "zoo: 1\n", "use: use\n", "? [1]\n: 2\n", "1: 2\n"),
        "b0: &b0 [x, x, x, x]\n" + "".join(f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 9)}]\n" for i in range(1, 12)),
    ]
)


class Config(NamedTuple):
    model: str
    dataset: str
    size: str
    registry: str | None
    config: str | None
    overrides: list[str]


class Configs:
    """Configs over the catalogue."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._zoo = CliRunner()
        self.cases = _configs()

    def __call__(self, case: Config) -> str:
        for name, text in (("registry.yaml", case.registry), ("config.yaml", case.config)):
            (self._folder / name).unlink(missing_ok=True)
            if text is not None:
                (self._folder / name).write_bytes(text.encode(errors="surrogatepass"))
        options = [f"--set={override}" for override in case.overrides]
        if case.config is not None:
            options.append("--config=config.yaml")
        command = ["run", f"--dataset={case.dataset}", f"--size={case.size}", *options]
        with contextlib.chdir(self._folder):
            self._invoke([*command, "--dry-run", "--", case.model])
            if not _is_small(_resolved(case)):
                return "plan"
            try:
                self._invoke([*command, "--", case.model])
            finally:
                shutil.rmtree("runs")
        return "run"

    def _invoke(self, command: list[str]) -> None:
        done = self._zoo.invoke(app, command, catch_exceptions=False)
        assert done.exit_code == 0, done.output


def _resolved(case: Config) -> Recipe:
    configs = [] if case.config is None else [Path("config.yaml")]
    return resolve(case.model, case.dataset, size=case.size, configs=configs, overrides=case.overrides)


def _is_small(recipe: Recipe) -> bool:
    """Whether a run takes no more than a second or two."""
    moves = recipe.model_block.get("critic_moves", 1)
    trained = sum((settings.steps or 100) * settings.batch * moves for settings in recipe.train.values())
    drawn = max(recipe.generate.count, recipe.generate.batch)
    numbers = [*_numbers(recipe.model_block), *_numbers(recipe.dataset_block)]
    return trained <= 200 and drawn <= 50 and max(numbers) <= 128 and recipe.dataset_block.get("resolution", 0) <= 12


def _numbers(block: Any) -> Iterator[float]:
    for container, key, _ in places(block):
        if isinstance(container[key], int | float):
            yield container[key]


@cache
def _modest(model: str, dataset: str) -> dict[str, Any]:
    """A whole recipe that is trained and drawn from at once."""
    told = {path: value for path, value in MODEST.items() if set(path.split(".")) & set(PAIRS[model, dataset])}
    overrides = [f"{path}={yaml.safe_dump(value, default_flow_style=True)}" for path, value in told.items()]
    return resolve(model, dataset, size="tiny", overrides=overrides, folder=Path("/nonexistent")).to_dict()


@st.composite
def _configs(draw: st.DrawFn) -> Config:
    model, dataset = draw(st.sampled_from(list(PAIRS)))
    modest = _modest(model, dataset)
    overrides = draw(st.lists(_overrides(modest), max_size=2))
    config = draw(_text(spoilt(modest, 2) | st.just(modest)))
    registry = draw(st.none() | st.none() | _text(_registries(model, dataset, modest)))
    mine = ["mine"] if registry and "mine" in registry else []
    names = st.sampled_from([model, model, *mine]), st.sampled_from([dataset] * 20 + ["metashell@zoo", *mine])
    model, dataset = (draw(name if draw(st.integers(0, 30)) else TEXTS) for name in names)
    size = draw(st.sampled_from(["tiny", "tiny", "small", "paper"]) if draw(st.integers(0, 30)) else TEXTS)
    return Config(model, dataset, size, registry, config if draw(st.integers(0, 5)) else None, overrides)


@st.composite
def _overrides(draw: st.DrawFn, recipe: dict[str, Any]) -> str:
    """`path=value`, mostly of a path that there is."""
    container, key, path = draw(st.sampled_from(list(places(recipe))))
    value = draw(near(container[key]) | VALUES)
    if not draw(st.integers(0, 10)):
        path = draw(TEXTS | WORDS.map(lambda word: f"{path}.{word}"))
    return draw(_text(st.just(value)).map(lambda text: f"{path}={text}") if draw(st.integers(0, 20)) else TEXTS)


@st.composite
def _registries(draw: st.DrawFn, model: str, dataset: str, recipe: dict[str, Any]) -> Any:
    """A `registry.yaml` that changes the model and the dataset, or names others that are based on them."""
    of_dataset = {"use": recipe["dataset"]["use"], "evaluators": recipe["evaluators"], **recipe["dataset"]}
    of_model = {key: value for key, value in recipe.items() if key not in ("dataset", "evaluators")}

    def entries(name: str, whole: dict[str, Any]) -> st.SearchStrategy[Any]:
        bases = st.sampled_from([name, "mine", "other", "nobody"])
        key = st.sampled_from(sorted(whole))
        entry = st.one_of(
            st.builds(lambda base: {"base": base}, bases),
            st.builds(lambda base, key: {"base": base, key: whole[key]}, bases, key),
            st.builds(lambda key: {key: whole[key]}, key),
            st.builds(lambda size, key: {"base": name, "sizes": {size: {key: whole[key]}}}, TEXTS, key),
            st.just(whole),
        )
        return st.dictionaries(st.sampled_from([name, "mine", "other", f"{name}@zoo"]), entry, max_size=3)

    whole = {"zoo": 1, "datasets": draw(entries(dataset, of_dataset)), "models": draw(entries(model, of_model))}
    return draw(spoilt(whole) | st.just(whole))


@st.composite
def _text(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> str:
    """Values as YAML, with here and there something that is none, or of another meaning."""
    flow = draw(st.sampled_from([None, True, False]))
    text = yaml.safe_dump(draw(values), default_flow_style=flow, sort_keys=False, allow_unicode=True)
    text = text.removesuffix("...\n").strip()
    while not draw(st.integers(0, 11)):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(SNIPPETS | TEXTS) + text[place + draw(st.integers(0, 3)) :]
    return text
