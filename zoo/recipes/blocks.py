"""Blocks that can be built, from a draft: with everything that is wrong, and where each value is from."""

from collections.abc import Iterator, Mapping
from typing import Any

from zoo.building.schema import check
from zoo.errors import Problem, ZooError, did_you_mean, join
from zoo.recipes.catalogue import DESCRIPTION, name_problem
from zoo.recipes.checking import check_settings
from zoo.recipes.drafts import Draft
from zoo.recipes.settings import Generate, Train
from zoo.recipes.trials import Trial
from zoo.recipes.yaml_lines import Marked
from zoo.registry import load_contract, registry

Block = dict[str, Any]
_OF_MODEL = ("train", "generate", *DESCRIPTION)
_OF_DATASET = ("evaluators", *DESCRIPTION)


class Blocks:
    """The checked blocks of a draft. What is wrong is left out of them and told in `problems`."""

    def __init__(self, draft: Draft) -> None:
        self.model: Block | None = None
        self.dataset: Block | None = None
        self.evaluators: dict[str, Block | None] = {}
        """Evaluators by name; None for one of the dataset's that the recipe leaves out."""
        self.train: dict[str, Train] = {}
        self.generate = Generate()
        self.problems: list[Problem] = []
        self._draft = draft
        self._named: list[str] = []
        if draft.of_model:
            checked = check("model", draft.model.plain(), also=_OF_MODEL)
            self.model = checked.block
            self.problems += checked.problems
            self._check_train()
            self._check_generate()
        if draft.of_dataset:
            checked = check("dataset", draft.dataset.plain(), "dataset", also=_OF_DATASET)
            self.dataset = checked.block
            self.problems += checked.problems
            self._check_evaluators()

    def try_out(self) -> None:
        """Add what constructors object to."""
        evaluators = {name: block for name, block in self.evaluators.items() if block is not None}
        trial = Trial(self.model, self.dataset, evaluators)
        trial.check_stages(self._named)
        trial.check_condition(self.generate.condition)
        self.problems += trial.problems

    def lines(self) -> list[str]:
        """Every problem of draft and blocks, each with the line that it came from."""
        places = self._places()
        lines = [_line(problem, places) for problem in self.problems]
        return list(dict.fromkeys([*self._draft.problems, *lines, *self._hidden_lines()]))

    def refuse_problems(self) -> None:
        """ZooError with every problem, if there are any."""
        if problems := self.lines():
            raise ZooError(*problems)

    def to_dict(self) -> dict[str, Any]:
        """The blocks as a `--config` file. Without a dataset, it says what the model changes of any."""
        recipe: dict[str, Any] = {}
        if self.model is not None:
            recipe |= self.model
            recipe["train"] = {stage: settings.model_dump(mode="json") for stage, settings in self.train.items()}
            recipe["generate"] = self.generate.model_dump(mode="json")
        if self.dataset is not None:
            recipe["dataset"] = self.dataset
            recipe["evaluators"] = self.evaluators
        elif self._draft.dataset.value:
            recipe["dataset"] = self._draft.dataset.plain()
        return recipe

    def origins(self) -> dict[str, str]:
        """Where the value at each dotted path of `to_dict()` is from: `file:line`, `--set path`, `default of name`."""
        return dict(_defaults(self.to_dict())) | self._written()

    def _hidden_lines(self) -> Iterator[str]:
        """What is wrong with values that the size puts others over; what is missing without it is not asked for."""
        if self._draft.without_size is None:
            return
        recipe, written = Blocks(self._draft.without_size), self._written()
        places = recipe._places()
        blocks = {path.rpartition(".")[0] for path in places}
        for problem in recipe.problems:
            if problem.path not in blocks and _origin(problem.path, written) in self._draft.of_size:
                yield _line(problem, places)

    def _places(self) -> dict[str, str]:
        """Where to look for each dotted path; what a block lacks is looked for where its name is defined."""
        whole = {"": self._draft.of_model, "dataset": self._draft.of_dataset}
        named = {path: lineage.definition[-1].block.origin for path, lineage in whole.items() if lineage}
        return named | self._written()

    def _check_train(self) -> None:
        use = self.model["use"] if self.model else None
        legal = _stages(use) if use else None
        for stage, block in self._items(self._draft.model, "train").items():
            path = f"train.{stage}"
            if block is None:
                continue
            self._named.append(stage)
            if legal is not None and stage not in legal:
                message = f"{use} has no stage {stage!r}.{did_you_mean(stage, legal)}"
                self.problems.append(Problem(path, message))
                continue
            settings, problems = check_settings(Train, block, path)
            self.problems += problems
            if settings is not None:
                self.train[stage] = settings

    def _check_generate(self) -> None:
        block = self._draft.model.get("generate")
        if block is not None:
            settings, problems = check_settings(Generate, block.plain(), "generate")
            self.problems += problems
            self.generate = settings or self.generate

    def _check_evaluators(self) -> None:
        for name, block in self._items(self._draft.dataset, "evaluators").items():
            if problem := name_problem(name):
                self.problems.append(Problem("evaluators", problem))
                continue
            checked = check("evaluator", block, f"evaluators.{name}") if block is not None else None
            self.problems += checked.problems if checked else ()
            if checked is None or checked.block is not None:
                self.evaluators[name] = checked.block if checked else None

    def _items(self, tree: Marked, key: str) -> dict[str, Any]:
        """The blocks under a key that holds nothing but named blocks."""
        block = tree.get(key)
        if block is None or block.value is None:
            return {}
        if not block.is_mapping:
            self.problems.append(Problem(key, f"expected named blocks, got {block.value!r}."))
            return {}
        items: dict[str, Any] = block.plain()
        return items

    def _written(self) -> dict[str, str]:
        draft = self._draft
        evaluators = draft.dataset.get("evaluators") or Marked({}, "")
        return {
            **dict(draft.model.origins()),
            **dict(draft.dataset.without("evaluators").origins("dataset")),
            **dict(evaluators.origins("evaluators")),
        }


def _stages(model: str) -> tuple[str, ...]:
    """The stages that a composition may train."""
    stages: tuple[str, ...] = registry().load(load_contract("model"), model).trains
    return stages


def _defaults(block: Mapping[str, Any], path: str = "", owner: str = "") -> Iterator[tuple[str, str]]:
    """What to say of every value that stands in no file."""
    owner = block.get("use", owner)
    for key, value in block.items():
        inner = join(path, key)
        if not isinstance(value, Mapping) or not value:
            yield inner, f"default of {owner}"
        else:
            yield from _defaults(value, inner, owner if path else key)


def _line(problem: Problem, places: Mapping[str, str]) -> str:
    origin = _origin(problem.path, places)
    if origin == f"--set {problem.path}":
        return f"{origin}: {problem.message}"
    return ": ".join(part for part in (origin, problem.path, problem.message) if part)


def _origin(path: str, places: Mapping[str, str]) -> str:
    """Where a path, or else the nearest block around it, was written."""
    candidates = [join(path, "use"), path]
    while "." in path:
        path = path.rpartition(".")[0]
        candidates.append(path)
    return next((places[candidate] for candidate in candidates if candidate in places), "")
