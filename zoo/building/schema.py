"""A class's `__init__` signature as its schema, and recipe blocks checked against it.

A block is `{"use": name, argument: value, …}`; an argument annotated with a contract takes a block in turn.
"""

import functools
import inspect
import types
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import PydanticUserError, TypeAdapter

from zoo.errors import Problem, ZooError, did_you_mean, join, shorten
from zoo.interfaces.part import Part
from zoo.registry import KINDS, load_contract, registry

RESERVED = ("structure", "latent_shape")
"""Arguments that the builder fills, never a recipe."""
REQUIRED: Any = inspect.Parameter.empty
"""The default of an argument that has none."""


@dataclass(frozen=True)
class Argument:
    """An argument of a component. `kind` is that of the component it takes, None for a plain value."""

    name: str
    annotation: Any
    default: Any
    kind: str | None
    adapter: "TypeAdapter[Any] | None" = field(repr=False)

    def read(self, value: Any) -> Any:
        """A YAML value as what the annotation asks for; ValueError otherwise.

        Text that spells a number is a number, since YAML 1.1 reads 1e-4 as text; only true and false are booleans.
        """
        assert self.adapter is not None
        read = self.adapter.validate_python(value)
        if set(booleans(value)) != set(booleans(read)):
            raise ValueError(value)
        return read

    def plain(self, value: Any) -> Any:
        """The value as JSON has it."""
        if self.adapter is None:
            return value
        return self.adapter.dump_python(value, mode="json", warnings="none")


@dataclass(frozen=True)
class Checked:
    """What a check found. `block` is what can be built: every argument is there, read or by default, and what is
    wrong has been left out; None when nothing can."""

    block: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()


@functools.cache
def schema(component: type[Part]) -> dict[str, Argument]:
    """The arguments of a component that a recipe can give, in the order of the signature."""
    named = (p for p in parameters_of(component) if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
    return {p.name: _argument(component, p) for p in named if p.name not in RESERVED}


def arguments_of(kind: str, block: Mapping[str, Any]) -> dict[str, Argument]:
    """The schema of a block's component, with those of the arguments common to its kind that the block gives."""
    component: type[Part] = registry().load(load_contract(kind), block["use"])
    return schema(component) | {
        name: _annotated(component, name, annotation, REQUIRED)
        for name, annotation in component.common.items()
        if block.get(name) is not None
    }


def check(kind: str, block: Any, path: str = "", also: Collection[str] = ()) -> Checked:
    """Everything wrong with a block, as far as signatures tell; paths begin with `path`.

    `also` are keys that the block may hold for others to read.
    """
    if not isinstance(block, Mapping) or not isinstance(block.get("use"), str):
        return Checked(None, (Problem(path, f"expected a {kind}, {{use: name, …}}, got {shorten(block)}."),))
    name = block["use"]
    try:
        arguments = arguments_of(kind, block)
    except ZooError as error:
        return Checked(None, tuple(Problem(join(path, "use"), problem) for problem in error.problems))
    legal = {"use", *arguments, *also, *load_contract(kind).common}
    retired = registry().load(load_contract(kind), name).retired
    problems = [_unknown(name, key, legal, retired, path) for key in block if key not in legal]
    good: dict[str, Any] = {"use": name}
    for argument in arguments.values():
        inner = join(path, argument.name)
        given = block.get(argument.name, argument.default)
        if given is REQUIRED:
            problems.append(Problem(path, f"{name} needs {argument.name!r}: {describe(argument.annotation)}."))
        elif argument.kind and not _is_left_out(argument, given):
            nested = check(argument.kind, given, inner)
            problems += nested.problems
            if nested.block is not None:
                good[argument.name] = nested.block
        else:
            problems += _keep(argument, given, good, inner)
    return Checked(good, tuple(problems))


def complete(kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """A block with every default filled in and the revision of every component: all that determines what it does."""
    return _with_revisions(kind, checked_block(kind, block))


def describe(annotation: Any) -> str:
    """What an annotation allows, in words."""
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text", type(None): "null"}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Literal:
        return " or ".join(repr(argument) for argument in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(describe(argument) for argument in arguments)
    if origin is list:
        return f"a list, each item {describe(arguments[0])}"
    if origin is dict:
        return f"a mapping, each value {describe(arguments[1])}"
    if annotation in words:
        return words[annotation]
    if inspect.isclass(annotation) and annotation in _contracts():
        return f"a {_contracts()[annotation]}, {{use: name, …}}"
    return str(annotation) if origin else annotation.__name__


def booleans(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the booleans in a YAML value are, and which."""
    if isinstance(value, bool):
        yield (*path, value)
    elif isinstance(value, Mapping | list | tuple):
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            yield from booleans(item, (*path, key))


def parameters_of(component: type[Part]) -> list[inspect.Parameter]:
    """The arguments of a component, their annotations evaluated. ZooError for an annotation that cannot be."""
    try:
        return list(inspect.signature(component, eval_str=True).parameters.values())
    except NameError as error:
        raise ZooError(f"{component.__qualname__}: an annotation of its arguments cannot be read: {error}.") from error


def _argument(component: type[Part], parameter: inspect.Parameter) -> Argument:
    if parameter.annotation is REQUIRED:
        raise ZooError(f"{component.__qualname__}: the argument {parameter.name!r} has no annotation.")
    return _annotated(component, parameter.name, parameter.annotation, parameter.default)


def _annotated(component: type[Part], name: str, annotation: Any, default: Any) -> Argument:
    kinds = [kind for contract in _alternatives(annotation) if (kind := _contracts().get(contract))]
    if kinds:
        return Argument(name, annotation, default, kinds[0], None)
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    except PydanticUserError as error:
        raise ZooError(f"{component.__qualname__}: the argument {name!r} is not JSON-able.") from error
    return Argument(name, annotation, default, None, adapter)


@functools.cache
def _contracts() -> dict[Any, str]:
    return {load_contract(kind): kind for kind in KINDS}


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if union else (annotation,)


def checked_block(kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """A block with its defaults filled in. ZooError with everything that is wrong with it."""
    checked = check(kind, block)
    if checked.problems or checked.block is None:
        raise ZooError(*problem_lines(checked.problems))
    return checked.block


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Each problem as one line, its path first."""
    return [f"{path}: {message}" if path else message for path, message in problems]


def _with_revisions(kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    component = registry().load(load_contract(kind), block["use"])
    completed = {**block, "revision": component.revision}
    for argument in arguments_of(kind, block).values():
        if argument.kind and block[argument.name] is not None:
            completed[argument.name] = _with_revisions(argument.kind, block[argument.name])
    return completed


def _is_left_out(argument: Argument, given: Any) -> bool:
    return given is None and type(None) in _alternatives(argument.annotation)


def _keep(argument: Argument, given: Any, good: dict[str, Any], path: str) -> list[Problem]:
    """Puts a plain value among the good ones, or its default if it is none."""
    if argument.kind:
        good[argument.name] = None
        return []
    try:
        good[argument.name] = argument.plain(argument.read(given))
        return []
    except ValueError:
        if argument.default is not REQUIRED:
            good[argument.name] = argument.plain(argument.default)
        expected = describe(argument.annotation)
        return [Problem(path, f"expected {expected}, got {shorten(given)}.{_hint(argument, given)}")]


def _hint(argument: Argument, given: Any) -> str:
    choices = [choice for part in _alternatives(argument.annotation) for choice in _choices(part)]
    return did_you_mean(given, choices) if isinstance(given, str) and choices else ""


def _choices(annotation: Any) -> list[str]:
    literal = typing.get_origin(annotation) is Literal
    return [choice for choice in typing.get_args(annotation) if isinstance(choice, str)] if literal else []


def _unknown(name: str, key: str, legal: Collection[str], retired: Mapping[str, str], path: str) -> Problem:
    if key in RESERVED:
        return Problem(join(path, key), f"{key} is worked out, never given.")
    if key in retired:
        return Problem(join(path, key), f"{name} no longer takes {key!r}. {retired[key]}")
    return Problem(join(path, key), f"{name} takes no {key!r}.{did_you_mean(key, legal)}")
