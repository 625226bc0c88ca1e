"""The commands that plugins add."""

import functools
import importlib
from collections.abc import Callable
from typing import Any

from zoo.discovery import Discovery, Plugin
from zoo.errors import ZooError
from zoo.hookspecs import Command

OURS = (
    "run", "sample", "evaluate", "publish", "report", "forces",
    "evals", "data", "list", "show", "check", "plugins", "plugin",
)  # fmt: skip
"""The program's own commands, in the order of the help: names that no plugin's command can have."""


@functools.cache
def plugin_commands(found: Discovery) -> dict[str, tuple[Plugin, Command]]:
    """Commands by name, and who brings them. One whose name is taken is left out with a warning."""
    commands: dict[str, tuple[Plugin, Command]] = {}
    for plugin, records in found.collect("zoo_commands"):
        for record in records:
            if not isinstance(record, Command):
                found.warn(plugin, f"zoo_commands returned {record!r}, which is not a zoo.Command.")
            elif record.name in commands or record.name in OURS:
                found.warn(plugin, f"its command {record.name!r} is left out: there is one of that name.")
            else:
                commands[record.name] = (plugin, record)
    return commands


def load_command(plugin: Plugin, command: Command) -> Callable[..., Any]:
    """The function behind a command, imported."""
    module, _, attribute = command.target.partition(":")
    try:
        function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    except Exception as error:
        label = f"command {command.name!r} of {plugin.origin}"
        raise ZooError(f"{label} cannot be imported: {type(error).__name__}: {error}") from error
    return function
