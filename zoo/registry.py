"""Components by kind and name, imported on first use and checked against the contract of their kind."""

import functools
import importlib
import inspect
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any, TypeVar

from zoo.discovery import Discovery, Plugin, discovery
from zoo.errors import ZooError, did_you_mean
from zoo.hookspecs import Component
from zoo.interfaces.part import Part

P = TypeVar("P", bound=Part)

KINDS = (
    "domain",
    "dataset",
    "importer",
    "property",
    "encoder",
    "negatives",
    "regulariser",
    "schedule",
    "denoiser",
    "generator",
    "critic",
    "sampler",
    "objective",
    "evaluator",
    "model",
)
"""The kinds of components. The contract of a kind is the class of its name in `zoo.interfaces`: `encoder.Encoder`."""


class Registry:
    """Every component that a plugin brings.

    A name that two plugins claim belongs to neither: a warning when they are found, an error when it is used.
    """

    def __init__(self, found: Discovery) -> None:
        self._claims: dict[tuple[str, str], list[tuple[Plugin, Component]]] = {}
        for plugin, records in found.collect("zoo_components"):
            for component in _sound(found, plugin, records):
                self._claims.setdefault((component.kind, component.name), []).append((plugin, component))
        for (kind, name), claims in self._claims.items():
            for plugin, _ in claims[1:]:
                other = _claimant(claims[0][0])
                found.warn(plugin, f"{kind} {name!r} is brought by {other} too; neither can be used.")

    def components(self, kind: str | None = None) -> list[Component]:
        """Components of one kind or of all, in the order of kinds, then names; those in conflict left out."""
        unique = [claims[0][1] for claims in self._claims.values() if len(claims) == 1]
        return sorted(
            (component for component in unique if kind in (None, component.kind)),
            key=lambda component: (KINDS.index(component.kind), component.name),
        )

    def find(self, kind: str, name: str) -> Component:
        """The component of this kind and name; ZooError when there is none, or more than one."""
        return self._claim(kind, name)[1]

    def plugin(self, component: Component) -> Plugin:
        """Who brings a component."""
        return self._claim(component.kind, component.name)[0]

    def label(self, kind: str, name: str) -> str:
        """What messages call a component."""
        return f"{kind} {name!r} of {self._claim(kind, name)[0].origin}"

    def load(self, contract: type[P], name: str) -> type[P]:
        """The class of a component, imported. ZooError when it cannot be, or does not fulfil its kind's contract."""
        kind = kind_of(contract)
        component = self.find(kind, name)
        label = self.label(kind, name)
        missing = missing_requirements(component)
        if missing:
            raise ZooError(f"{label} needs more: pip install {' '.join(missing)}")
        try:
            loaded: type[P] = _import(component.target)
        except Exception as error:
            raise ZooError(f"{label} cannot be imported: {type(error).__name__}: {error}") from error
        if not (inspect.isclass(loaded) and issubclass(loaded, contract)):
            raise ZooError(f"{label}: {component.target} is not a subclass of zoo.{contract.__name__}.")
        if undefined := getattr(loaded, "__abstractmethods__", ()):
            raise ZooError(f"{label} does not define {', '.join(sorted(undefined))}.")
        return loaded

    def _claim(self, kind: str, name: str) -> tuple[Plugin, Component]:
        claims = self._claims.get((kind, name), [])
        if not claims:
            known = (component.name for component in self.components(kind))
            raise ZooError(f"there is no {kind} {name!r}.{did_you_mean(name, known)}")
        if len(claims) > 1:
            claimants = " and ".join(_claimant(plugin) for plugin, _ in claims)
            raise ZooError(f"{kind} {name!r} is brought by {claimants}; ZOO_PLUGINS chooses which plugins are loaded.")
        return claims[0]


@functools.cache
def _registry_of(found: Discovery) -> Registry:
    return Registry(found)


def registry() -> Registry:
    """The registry of this process."""
    return _registry_of(discovery())


@functools.cache
def load_contract(kind: str) -> type[Any]:
    """The contract of a kind, imported."""
    contract: type[Any] = _import(f"zoo.interfaces.{kind}:{kind.capitalize()}")
    return contract


def kind_of(contract: type[Part]) -> str:
    """The kind of which this class of `zoo.interfaces` is the contract."""
    return contract.__name__.lower()


def missing_requirements(component: Component) -> list[str]:
    """What a component requires and is not installed."""
    return [name for name in component.requires if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _import(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _sound(found: Discovery, plugin: Plugin, records: Iterable[Any]) -> list[Component]:
    """The records that are what they should be; one warning tells of all others."""
    judged = [(record, _problem(record)) for record in records]
    wrong = [problem for _, problem in judged if problem]
    if wrong:
        found.warn(plugin, " ".join(wrong))
    return [record for record, problem in judged if not problem]


def _problem(record: Any) -> str | None:
    if not isinstance(record, Component):
        return f"zoo_components returned {record!r}, which is not a zoo.Component."
    texts = (record.kind, record.name, record.target, record.summary, *record.requires)
    if not all(isinstance(text, str) and text for text in texts) or ":" not in record.target:
        return f"{record!r} needs a kind, a name, a summary and a target 'package.module:Class'."
    if record.kind not in KINDS:
        return f"component {record.name!r} is of unknown kind {record.kind!r}.{did_you_mean(record.kind, KINDS)}"
    return None


def _claimant(plugin: Plugin) -> str:
    return f"{plugin.origin} (plugin {plugin.name!r})"
