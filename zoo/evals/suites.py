"""Suites as their files have them: rows to be run on datasets with seeds, and what to show of the scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zoo.errors import Problem, ZooError, did_you_mean, shorten
from zoo.recipes.catalogue import name_problem
from zoo.recipes.checking import check_settings
from zoo.recipes.layers import merge
from zoo.recipes.yaml_lines import Marked, read_yaml
from zoo.system.places import evals_folder

FORMAT = 1
_BLOCKS = ("evaluators", "rows", "trivial")
_CHANGES = ("set", "sizes")


class Head(BaseModel):
    """What a suite says beside its evaluators and rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: Literal[1]
    """The version of this format."""
    version: int = Field(ge=1)
    """Version of the suite: higher when its numbers can no longer be compared with earlier ones."""
    summary: str
    datasets: list[str] = Field(min_length=1)
    """Datasets of the catalogue, each with its edition: `name@edition`."""
    sizes: list[str] = Field(min_length=1)
    """Those at which it can be run."""
    seeds: list[int] = Field(min_length=1)
    count: int = Field(gt=0)
    """Samples per run: some scores depend on how many there are."""
    counts: dict[str, int] = Field(default_factory=dict)
    """The same by size, where it is another than `count`."""
    headline: list[str] = Field(min_length=1)
    """The scores to show first, `evaluator.score` each."""
    plane: list[str] = Field(default_factory=list, max_length=2)
    """Two scores, `evaluator.score`, that span the plane in which the leaderboard draws rows; none, and it draws
    none."""
    published: list[str] = Field(default_factory=list)
    """Tables of `published/*.json` to show beside."""


class _RowHead(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str


@dataclass(frozen=True)
class Row:
    """A line of a suite's tables: a model of the catalogue, with changes to its recipe."""

    label: str
    model: str
    trivial: bool
    """Whether it is one that every model should beat."""
    origin: str
    """`file:line`."""
    common: Marked | None = None
    """Changes to the recipe, in the form of a `--config` file."""
    sizes: Mapping[str, Marked] = field(default_factory=dict)
    """Changes that go over `common` at a size, by size."""

    def changes(self, size: str) -> list[Marked]:
        """The layers to put over the recipe."""
        return [layer for layer in (self.common, self.sizes.get(size)) if layer is not None]


@dataclass(frozen=True)
class Suite:
    """A checked suite. Its recipes are checked when it is planned."""

    name: str
    path: Path
    head: Head
    evaluators: Marked
    """Evaluator -> recipe block: these alone score its runs."""
    rows: tuple[Row, ...]
    usual_count: Marked
    other_counts: Mapping[str, Marked]
    """Numbers of samples at other sizes, by size."""

    def count(self, size: str) -> Marked:
        """Samples per run."""
        return self.other_counts.get(size, self.usual_count)

    def chosen(self, named: list[str], what: Literal["datasets", "rows"]) -> list[str]:
        """The suite's datasets or labels of rows that are named, all of them if none is; a row goes by its model too.
        ZooError for names that it does not have."""
        if what == "datasets":
            known = {name: {name, name.partition("@")[0]} for name in self.head.datasets}
        else:
            known = {row.label: {row.label, row.model} for row in self.rows}
        legal = set().union(*known.values())
        problems = [f"{self.name} has no {name!r}.{did_you_mean(name, legal)}" for name in named if name not in legal]
        if problems:
            raise ZooError(*problems)
        return [name for name, aliases in known.items() if not named or aliases & set(named)]

    def refuse_size(self, size: str) -> None:
        """ZooError unless the suite can be run at this size."""
        if size not in self.head.sizes:
            raise ZooError(f"{self.name} is not for size {size!r}.{did_you_mean(size, self.head.sizes)}")


def suite_files() -> dict[str, Path]:
    """The suites that ship with zoo, by name."""
    return {path.stem: path for path in sorted((evals_folder() / "suites").glob("*.yaml"))}


def find_suite(name: str) -> Suite:
    """A suite that ships with zoo, by name, or one's own, by the path of its YAML file. ZooError lists everything that
    is wrong with its form."""
    known = suite_files()
    if name in known:
        return read_suite(known[name])
    if Path(name).suffix in (".yaml", ".yml"):
        return read_suite(Path(name))
    raise ZooError(f"there is no suite {name!r}, and it is not a .yaml file.{did_you_mean(name, known)}")


def read_suite(path: Path) -> Suite:
    """The suite of a file. ZooError lists everything that is wrong with its form, with file and line."""
    root = _over_base(path)
    head, problems = check_settings(Head, root.without(*_BLOCKS).plain(), "")
    of_rows: list[Problem] = []
    rows = [*_rows(root, "rows", of_rows), *_rows(root, "trivial", of_rows)]
    problems += of_rows
    if not rows and not of_rows:
        problems.append(Problem("rows", "a suite needs rows, {label: {model: …}}."))
    labels = [row.label for row in rows]
    problems += [Problem(f"trivial.{label}", "there is such a row already.") for label in _twice(labels)]
    evaluators = root.get("evaluators") or Marked(None, root.origin)
    if not evaluators.is_mapping or not evaluators.value:
        problems.append(Problem("evaluators", "a suite needs evaluators, {name: {use: …}}."))
    else:
        problems += _score_problems(root, evaluators)
    problems += _list_problems(root)
    if problem := name_problem(path.stem):
        problems.append(Problem("", problem))
    if problems:
        raise ZooError(*(_line(problem, root) for problem in problems))
    assert head is not None
    usual, others = root.get("count"), root.get("counts")
    assert usual is not None
    return Suite(path.stem, path, head, evaluators, tuple(rows), usual, others.value if others else {})


def _over_base(path: Path) -> Marked:
    """What a file says, over what the file says that its key `base` names, if it has one: a path from its folder."""
    root = _suite_mapping(path)
    base = root.get("base")
    if base is None:
        return root
    if not isinstance(base.value, str):
        raise ZooError(f"{base.origin}: base: expected the path of a YAML file, got {shorten(base.plain())}.")
    below = _suite_mapping(path.parent / base.value)
    return Marked(merge(below, root.without("base")).value, root.origin)


def _suite_mapping(path: Path) -> Marked:
    root = read_yaml(path)
    if not root.is_mapping:
        keys = ", ".join(("base", *Head.model_fields, *_BLOCKS))
        raise ZooError(f"{root.origin}: expected a suite, with the keys {keys}.")
    return root


def _rows(root: Marked, key: Literal["rows", "trivial"], problems: list[Problem]) -> Iterator[Row]:
    block = root.get(key)
    if block is None:
        return
    if not block.is_mapping:
        problems.append(Problem(key, f"expected rows, {{label: {{model: …}}}}, got {shorten(block.plain())}."))
        return
    for label, row in block.value.items():
        path = f"{key}.{label}"
        head, mistakes = check_settings(_RowHead, row.without(*_CHANGES).plain(), path)
        problems += mistakes
        changes, sizes = row.get("set"), row.get("sizes")
        layers = {"set": changes} if changes else {}
        if sizes is not None and not sizes.is_mapping:
            problems.append(Problem(f"{path}.sizes", "expected sizes, each with a block of changes."))
        elif sizes is not None:
            layers |= {f"sizes.{size}": layer for size, layer in sizes.value.items()}
        wrong = [name for name, layer in layers.items() if not layer.is_mapping]
        problems += [
            Problem(f"{path}.{name}", "expected changes to the recipe, such as {sampler: …}.") for name in wrong
        ]
        if head is not None and not wrong:
            yield Row(label, head.model, key == "trivial", row.origin, changes, sizes.value if sizes else {})


def _score_problems(root: Marked, evaluators: Marked) -> Iterator[Problem]:
    """What names no evaluator of the suite, among the scores to be shown."""
    for key in ("headline", "plane"):
        for score in map(str, _listed(root, key)):
            evaluator, dot, _ = score.partition(".")
            if not dot or evaluator not in evaluators.value:
                hint = did_you_mean(evaluator, evaluators.value)
                yield Problem(key, f"{score!r} is not an evaluator.score of this suite.{hint}")


def _list_problems(root: Marked) -> Iterator[Problem]:
    for key in ("datasets", "sizes", "seeds", "headline", "plane"):
        if twice := _twice(_listed(root, key)):
            yield Problem(key, f"{', '.join(map(str, twice))}: named twice.")
    if any(isinstance(seed, int) and seed < 0 for seed in _listed(root, "seeds")):
        yield Problem("seeds", "a seed must not be negative.")
    counts, sizes = root.get("counts"), _listed(root, "sizes")
    for size, count in counts.value.items() if counts is not None and counts.is_mapping else ():
        if size not in sizes:
            yield Problem(f"counts.{size}", f"the suite is not for this size.{did_you_mean(size, sizes)}")
        if isinstance(count.value, int) and count.value < 1:
            yield Problem(f"counts.{size}", f"expected a whole number > 0, got {count.value}.")
    if len(_listed(root, "plane")) == 1:
        yield Problem("plane", "it takes two scores to span a plane.")


def _listed(root: Marked, key: str) -> list[Any]:
    item = root.get(key)
    return item.value if item is not None and isinstance(item.value, list) else []


def _twice(values: list[Any]) -> list[Any]:
    return [value for i, value in enumerate(values) if value in values[:i]]


def _line(problem: Problem, root: Marked) -> str:
    """A problem with the file and line of what it is about."""
    origins = {"": root.origin, **dict(root.origins())}
    path = problem.path.removeprefix(".")
    place = path
    while place not in origins:
        place = place.rpartition(".")[0]
    return ": ".join(part for part in (origins[place], path, problem.message) if part)
