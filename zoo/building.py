"""Components from recipe blocks: a class's `__init__` signature is its schema.

A block is `{"use": name, argument: value, …}`; an argument annotated with a contract takes a block in turn.
"""

import functools
import inspect
import itertools
import types
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import PydanticUserError, TypeAdapter

from zoo.contracts import broken_promises
from zoo.errors import Problem, ZooError, did_you_mean, join, shorten
from zoo.interfaces.part import Part
from zoo.registry import KINDS, load_contract, registry

_HEAVY = ("encoder", "denoiser", "generator", "critic", "model")
_WITH_LATENT = ("encoder", "generator")
MOST_TENSORS = 20_000
"""Of one network; the largest published ones have a tenth of it."""
RESERVED = ("structure", "latent_shape")
"""Arguments that the builder fills, never a recipe."""
PROPERTIES = "properties"
"""What every dataset takes besides its own arguments: the block of a property to be computed of its items."""
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
    named = (p for p in _parameters(component) if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY))
    return {p.name: _argument(component, p) for p in named if p.name not in RESERVED}


def arguments_of(kind: str, block: Mapping[str, Any]) -> dict[str, Argument]:
    """The schema of a block's component; a dataset's has `properties` too, where the block gives them."""
    arguments = schema(registry().load(kind, block["use"]))
    if kind == "dataset" and block.get(PROPERTIES) is not None:
        measure = Argument(PROPERTIES, load_contract("property"), REQUIRED, "property", None)
        return {**arguments, PROPERTIES: measure}
    return arguments


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
    legal = {"use", *arguments, *also, *((PROPERTIES,) if kind == "dataset" else ())}
    problems = [_unknown(name, key, legal, path) for key in block if key not in legal]
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
    return _with_revisions(kind, _sound(kind, block))


def build(kind: str, block: Mapping[str, Any], **reserved: Any) -> Any:
    """The component that a block describes, its parts built first, in the order of the signature.

    `reserved` may hold `structure` and `latent_shape`; an encoder or generator passes its `latent_shape` on to those
    after it.
    """
    builder = Builder()
    built = builder.build(kind, _sound(kind, block), **reserved)
    if builder.problems:
        raise ZooError(*_lines(builder.problems))
    return built


class Builder:
    """Builds checked blocks and collects what constructors object to, so that one objection hides no other.

    A `trial` is built only to hear the objections: networks and models on torch's meta device, which needs no memory
    and no time, and any failure counts as one.
    """

    def __init__(self, trial: bool = False) -> None:
        self.problems: list[Problem] = []
        self.built: dict[str, Any] = {}
        """What could be built, by path."""
        self.incomplete = False
        """Whether something is missing that a later part may have needed; there is no sense in saying so again."""
        self._trial = trial

    def build(self, kind: str, block: Mapping[str, Any], path: str = "", **reserved: Any) -> Any:
        """The component, or None when it or one of its parts cannot be built."""
        part = self._build(kind, block, path, reserved)
        if part is None:
            self.incomplete = True
        else:
            self.built[path] = part
        return part

    def _build(self, kind: str, block: Mapping[str, Any], path: str, reserved: dict[str, Any]) -> Part | None:
        component = registry().load(kind, block["use"])
        arguments: dict[str, Any] = {}
        wanted = arguments_of(kind, block)
        for argument in wanted.values():
            if argument.name not in block:
                self.incomplete = True
                continue
            given = block[argument.name]
            if argument.kind is None:
                arguments[argument.name] = argument.read(given)
            elif given is None:
                arguments[argument.name] = None
            else:
                part = self.build(argument.kind, given, join(path, argument.name), **reserved)
                if part is None:
                    continue
                arguments[argument.name] = part
                if argument.kind in _WITH_LATENT:
                    reserved["latent_shape"] = tuple(part.latent_shape)
        if len(arguments) < len(wanted):
            return None
        missing = self._reserve(component, reserved, arguments)
        if missing:
            if not self.incomplete:
                self.problems.append(Problem(path, f"{block['use']} needs a {missing}, and no part before it has one."))
            return None
        part = self._make(kind, component, arguments, path)
        broken = [] if part is None else list(broken_promises(kind, part))
        self.problems += [Problem(path, f"{registry().label(kind, block['use'])}: {promise}") for promise in broken]
        return None if broken else part

    @staticmethod
    def _reserve(component: type[Part], reserved: Mapping[str, Any], arguments: dict[str, Any]) -> str | None:
        """Adds the reserved arguments that a component takes; returns the name of one that it needs in vain."""
        for parameter in _parameters(component):
            if parameter.name in RESERVED and parameter.name in reserved:
                arguments[parameter.name] = reserved[parameter.name]
            elif parameter.name in RESERVED and parameter.default is REQUIRED:
                return parameter.name
        return None

    def _make(self, kind: str, component: type[Part], arguments: dict[str, Any], path: str) -> Part | None:
        measured = arguments.pop(PROPERTIES, None) if kind == "dataset" else None
        try:
            with _on_paper() if self._trial and kind in _HEAVY else nullcontext():
                part = component(**arguments)
            return part if measured is None else _measured(part, measured)
        except ZooError as error:
            self.problems += [Problem(path, problem) for problem in error.problems]
        except Exception as error:
            if not self._trial:
                raise
            self.problems.append(Problem(path, f"{component.__name__} failed: {type(error).__name__}: {error}"))
        return None


def _measured(dataset: Any, measure: Any) -> Part:
    from zoo.datasets.measured import Measured

    return Measured(dataset, measure)


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


def _parameters(component: type[Part]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(component, eval_str=True).parameters.values())
    except NameError as error:
        raise ZooError(f"{component.__qualname__}: an annotation of its arguments cannot be read: {error}.") from error


def _argument(component: type[Part], parameter: inspect.Parameter) -> Argument:
    annotation = parameter.annotation
    if annotation is REQUIRED:
        raise ZooError(f"{component.__qualname__}: the argument {parameter.name!r} has no annotation.")
    kinds = [kind for contract in _alternatives(annotation) if (kind := _contracts().get(contract))]
    if kinds:
        return Argument(parameter.name, annotation, parameter.default, kinds[0], None)
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    except PydanticUserError as error:
        raise ZooError(f"{component.__qualname__}: the argument {parameter.name!r} is not JSON-able.") from error
    return Argument(parameter.name, annotation, parameter.default, None, adapter)


@functools.cache
def _contracts() -> dict[Any, str]:
    return {load_contract(kind): kind for kind in KINDS}


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    return typing.get_args(annotation) if union else (annotation,)


def _sound(kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    checked = check(kind, block)
    if checked.problems or checked.block is None:
        raise ZooError(*_lines(checked.problems))
    return checked.block


def _lines(problems: Iterable[Problem]) -> list[str]:
    return [f"{path}: {message}" if path else message for path, message in problems]


def _with_revisions(kind: str, block: Mapping[str, Any]) -> dict[str, Any]:
    component = registry().load(kind, block["use"])
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


def _unknown(name: str, key: str, legal: Collection[str], path: str) -> Problem:
    if key in RESERVED:
        return Problem(join(path, key), f"{key} is worked out, never given.")
    return Problem(join(path, key), f"{name} takes no {key!r}.{did_you_mean(key, legal)}")


@contextmanager
def _on_paper() -> Iterator[None]:
    """torch's meta device, and an end to the number of tensors: a mistyped depth would be built for hours."""
    import torch
    from torch.nn.modules.module import register_module_parameter_registration_hook

    numbers = itertools.count(1)

    def count(module: Any, name: str, parameter: Any) -> None:
        if next(numbers) > MOST_TENSORS:
            raise ZooError(f"it has more than {MOST_TENSORS:,} tensors.")

    hook = register_module_parameter_registration_hook(count)
    try:
        with torch.device("meta"):
            yield
    finally:
        hook.remove()
