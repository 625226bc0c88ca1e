"""Building everything that a recipe names, on paper, to hear what constructors object to before anything is trained."""

from collections.abc import Iterable, Mapping
from typing import Any

from zoo.building import Builder, Problem, check
from zoo.errors import did_you_mean

Block = Mapping[str, Any]


class Trial:
    """A model on a dataset, built part by part; `problems` holds every objection of a constructor."""

    def __init__(self, model: Block | None, dataset: Block | None, evaluators: Mapping[str, Block]) -> None:
        self._builder = Builder(trial=True)
        reserved = self._structure(dataset)
        for name, block in evaluators.items():
            self._builder.build("evaluator", block, f"evaluators.{name}", **reserved)
        self._model = self._builder.build("model", model, **reserved) if model else None
        self.problems = self._builder.problems
        if not any(problem.path == "" for problem in self.problems):
            self.problems += self._clash()

    def check_stages(self, train: Iterable[str]) -> None:
        """The stages that the model trains must have settings."""
        if self._model is not None:
            missing = [stage for stage in self._model.trains if stage not in train]
            self.problems += [Problem("train", f"the stage {stage!r} has no settings.") for stage in missing]

    def check_condition(self, condition: Iterable[str]) -> None:
        """Nothing can be wished for but what the model is conditioned on."""
        if self._model is not None:
            legal = self._model.conditions
            for name in set(condition) - set(legal):
                message = f"the model has no condition {name!r}.{did_you_mean(name, legal)}"
                self.problems.append(Problem(f"generate.condition.{name}", message))

    def _structure(self, dataset: Block | None) -> dict[str, Any]:
        """The reserved argument `structure`, from the dataset's domain; empty when there is none."""
        built = self._builder.build("dataset", dataset, "dataset") if dataset else None
        if built is None:
            self._builder.incomplete = True
            return {}
        checked = check("domain", built.domain(), "dataset")
        self._builder.problems += checked.problems
        domain = self._builder.build("domain", checked.block, "dataset") if checked.block else None
        return {} if domain is None else {"structure": domain.structure}

    def _clash(self) -> list[Problem]:
        """A schedule and a sampler that do not fit, if the composition, which would say so, lacks a part."""
        schedule, sampler = self._builder.built.get("schedule"), self._builder.built.get("sampler")
        if schedule is None or sampler is None or schedule.family in sampler.families:
            return []
        families = " and ".join(sampler.families)
        return [Problem("sampler", f"it walks {families} schedules; the schedule is a {schedule.family}.")]
