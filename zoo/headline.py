"""Which scores to look at first: those that their evaluator says sum it up."""

from collections.abc import Mapping

from zoo.interfaces.evaluator import Evaluator
from zoo.registry import registry


def headline(block: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the headline scores of the evaluator of a recipe block."""
    evaluator = registry().load("evaluator", str(block["use"]))
    assert issubclass(evaluator, Evaluator)
    return evaluator.headline
