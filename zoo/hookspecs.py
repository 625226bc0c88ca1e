"""The four hooks of a plugin, and the records that they return. Nothing here, and nothing they return, imports
anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pluggy

PROJECT = "zoo"
ENTRY_POINTS = "zoo.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class Component:
    """A part that recipes can name.

    `kind` is one of `zoo.registry.KINDS`; `target` is `"package.module:Class"`, imported on first use and checked
    against the kind's contract; `requires` lists extra distributions that the target needs.
    """

    kind: str
    name: str
    target: str
    summary: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command of the `zoo` program: `target` is `"package.module:function"`, a typer-style function, imported when
    called."""

    name: str
    target: str
    summary: str


@hookspec
def zoo_components() -> Iterable[Component]:  # type: ignore[empty-body]
    """The components that this plugin brings."""


@hookspec
def zoo_recipes() -> Iterable[Path]:  # type: ignore[empty-body]
    """YAML files in the format of registry.yaml that ship with this plugin."""


@hookspec
def zoo_commands() -> Iterable[Command]:  # type: ignore[empty-body]
    """Commands that this plugin adds to `zoo`."""


@hookspec
def zoo_event(event: str, run: Path, payload: Mapping[str, Any]) -> None:
    """Told when a run reaches `stage`, `checkpoint`, `samples`, `scores` or `finish`; `run` is the run's folder."""
