"""What every component promises."""

import inspect
import json

from zoo.building.schema import RESERVED, check, schema
from zoo.interfaces.structure import Structure
from zoo.registry import registry
from zoo.testing.subject import Subject

OUTSIDE_MODELS = ("domain", "dataset", "importer", "evaluator")
_RESERVED_TYPES = {"structure": Structure, "latent_shape": tuple[int, ...]}


def is_described(subject: Subject) -> None:
    """It has a summary of one line and a docstring of its own."""
    summary = registry().find(subject.kind, subject.block["use"]).summary
    assert len(summary.strip().splitlines()) == 1, f"Its summary is {summary!r}."
    assert vars(subject.component).get("__doc__"), f"{subject.component.__name__} has no docstring."


def has_a_schema(subject: Subject) -> None:
    """Its arguments are annotated and JSON-able, and each default is what its annotation allows."""
    for argument in schema(subject.component).values():
        if argument.kind is None and argument.default is not inspect.Parameter.empty:
            read = argument.read(json.loads(json.dumps(argument.plain(argument.default))))
            assert read == argument.default, f"{argument.default!r} of {argument.name!r} is read as {read!r}."
    revived = sorted(schema(subject.component).keys() & subject.component.retired.keys())
    assert not revived, f"It takes {', '.join(revived)}, and calls them retired."
    for parameter in inspect.signature(subject.component, eval_str=True).parameters.values():
        if parameter.name in RESERVED:
            wanted = _RESERVED_TYPES[parameter.name]
            assert parameter.annotation == wanted, f"{parameter.name!r} is a reserved name: annotate it as {wanted}."


def survives_json(subject: Subject) -> None:
    """A recipe can describe it: its block is accepted, and is the same after JSON."""
    checked = check(subject.kind, subject.block)
    problems = "; ".join(f"{path}: {message}" if path else message for path, message in checked.problems)
    assert not problems, problems
    again = check(subject.kind, json.loads(json.dumps(checked.block)))
    assert again == checked, f"{checked.block} became {again.block}."


def builds(subject: Subject) -> None:
    """It can be built; a model and its parts on the meta device too, as `zoo run --dry-run` does."""
    subject.build()
    if subject.kind not in OUTSIDE_MODELS:
        subject.build("meta")


FIRST = (has_a_schema, survives_json, builds)
"""What must hold before anything else can be looked at."""
PROMISES = (is_described, *FIRST)
