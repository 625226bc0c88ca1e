"""Components built from recipe blocks."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from zoo.building.attributes import broken_promises
from zoo.building.schema import (
    REQUIRED,
    RESERVED,
    arguments_of,
    checked_block,
    parameters_of,
    problem_lines,
)
from zoo.errors import Problem, ZooError, join
from zoo.interfaces.part import Part
from zoo.registry import P, kind_of, load_contract, registry

_HEAVY = ("encoder", "denoiser", "generator", "critic", "model")
_WITH_LATENT = ("encoder", "generator")
MAX_TENSORS = 20_000
"""Upper limit on the tensors of one network; the largest published ones have a tenth of it."""


def build(contract: type[P], block: Mapping[str, Any], **reserved: Any) -> P:
    """The component that a block describes, `build(Domain, block)`, its parts built first, in the order of the
    signature.

    `reserved` may hold `structure` and `latent_shape`; an encoder or generator passes its `latent_shape` on to those
    after it.
    """
    kind = kind_of(contract)
    builder = Builder()
    built: P | None = builder.build(kind, checked_block(kind, block), **reserved)
    if builder.problems:
        raise ZooError(*problem_lines(builder.problems))
    assert built is not None
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
        component: type[Part] = registry().load(load_contract(kind), block["use"])
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
        for parameter in parameters_of(component):
            if parameter.name in RESERVED and parameter.name in reserved:
                arguments[parameter.name] = reserved[parameter.name]
            elif parameter.name in RESERVED and parameter.default is REQUIRED:
                return parameter.name
        return None

    def _make(self, kind: str, component: type[Part], arguments: dict[str, Any], path: str) -> Part | None:
        common = {name: arguments.pop(name) for name in component.common if name in arguments}
        try:
            with _on_paper() if self._trial and kind in _HEAVY else nullcontext():
                part = component(**arguments)
            return part.with_common(common, build) if common else part
        except ZooError as error:
            self.problems += [Problem(path, problem) for problem in error.problems]
        except Exception as error:
            if not self._trial:
                raise
            self.problems.append(Problem(path, f"{component.__name__} failed: {type(error).__name__}: {error}"))
        return None


@contextmanager
def _on_paper() -> Iterator[None]:
    """torch's meta device, and an end to the number of tensors: a mistyped depth would be built for hours."""
    import torch
    from torch.nn.modules.module import register_module_parameter_registration_hook

    numbers = itertools.count(1)

    def count(module: Any, name: str, parameter: Any) -> None:
        if next(numbers) > MAX_TENSORS:
            raise ZooError(f"it has more than {MAX_TENSORS:,} tensors.")

    hook = register_module_parameter_registration_hook(count)
    try:
        with torch.device("meta"):
            yield
    finally:
        hook.remove()
