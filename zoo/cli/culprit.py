"""Whose code it is in which something unforeseen happened."""

import traceback
from collections.abc import Iterable

from zoo.discovery import Plugin
from zoo.errors import ZooError


def plugin_bug(error: Exception, plugins: Iterable[Plugin]) -> ZooError | None:
    """What to say below the traceback if a plugin's code is in it: the one that was called last, and where."""
    names = {plugin.module.__name__: plugin for plugin in plugins}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = frame.f_globals.get("__name__", "")
        plugin = next((names[name] for name in names if f"{module}.".startswith(f"{name}.")), None)
        if plugin is not None:
            where = f"{frame.f_code.co_filename}, line {line}"
            said = f"{type(error).__name__}: {error}"
            return ZooError(f"it happened in plugin {plugin.name!r} of {plugin.origin}, {where}: {said}")
    return None
