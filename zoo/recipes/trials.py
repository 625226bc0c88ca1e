"""Building everything that a recipe names, on paper, to hear what constructors object to before anything is trained."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from zoo.building.builder import Builder
from zoo.building.schema import check
from zoo.errors import Problem, ZooError, did_you_mean, shorten

if TYPE_CHECKING:
    from zoo.interfaces.dataset import Dataset

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
        self._check_walk()
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

    def _check_walk(self) -> None:
        """The sampler must be able to walk this schedule; it would be late to hear otherwise after the training."""
        if self._model is not None:
            try:
                self._model.scheduler()
            except ZooError as error:
                self.problems += [Problem("sampler", problem) for problem in error.problems]
            except Exception as error:
                self.problems.append(Problem("sampler", f"its scheduler failed: {type(error).__name__}: {error}"))

    def _structure(self, dataset: Block | None) -> dict[str, Any]:
        """The reserved argument `structure`, from the dataset's domain; empty when there is none."""
        built = self._builder.build("dataset", dataset, "dataset") if dataset else None
        if built is None:
            self._builder.incomplete = True
            return {}
        checked = check("domain", self._asked(built, "domain"), "dataset")
        self._builder.problems += checked.problems
        domain = self._builder.build("domain", checked.block, "dataset") if checked.block else None
        from zoo.interfaces.dataset import Card

        card = self._asked(built, "card")
        if not isinstance(card, Card):
            self._builder.problems.append(Problem("dataset", f"its card is {shorten(card)}, and no zoo.Card."))
        return {} if domain is None else {"structure": domain.structure}

    def _asked(self, dataset: "Dataset", method: str) -> Any:
        """What a dataset answers; None, and a problem, where it fails."""
        try:
            return getattr(dataset, method)()
        except ZooError as error:
            self._builder.problems += [Problem("dataset", problem) for problem in error.problems]
        except Exception as error:
            problem = f"{type(dataset).__name__}.{method} failed: {type(error).__name__}: {error}"
            self._builder.problems.append(Problem("dataset", problem))
        return None

    def _clash(self) -> list[Problem]:
        """A schedule and a sampler that do not fit, if the composition, which would say so, lacks a part."""
        schedule, sampler = self._builder.built.get("schedule"), self._builder.built.get("sampler")
        if schedule is None or sampler is None or schedule.family in sampler.families:
            return []
        families = " and ".join(sampler.families)
        return [Problem("sampler", f"it walks {families} schedules; the schedule is a {schedule.family}.")]
