"""Unexpected errors, told as user errors: out of memory, and a bug in a plugin's code."""

import traceback
from collections.abc import Iterable

from zoo.discovery import Plugin
from zoo.errors import ZooError

ADVICE = "train.<stage>.accumulate takes a batch in parts, generate.batch draws fewer structures at a time."


def plugin_bug(error: Exception, plugins: Iterable[Plugin]) -> ZooError | None:
    """What to say below the traceback if a plugin's code is in it: the one that was called last, and where."""
    names = {plugin.module.__name__: plugin for plugin in plugins}
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        module = frame.f_globals.get("__name__", "")
        plugin = next((names[name] for name in names if f"{module}.".startswith(f"{name}.")), None)
        if plugin is not None:
            where = f"{frame.f_code.co_filename}, line {line}"
            text = f"{type(error).__name__}: {error}"
            return ZooError(f"it happened in plugin {plugin.name!r} of {plugin.origin}, {where}: {text}")
    return None


def out_of_memory(error: Exception) -> ZooError | None:
    """What to tell the user if the error is that memory, of the machine or of a GPU, ran out."""
    # By name and words: torch is not imported by every command, and its error on a CPU has no class of its own.
    on_gpu = type(error).__name__ == "OutOfMemoryError"
    if not (on_gpu or isinstance(error, MemoryError) or "DefaultCPUAllocator" in str(error)):
        return None
    text = str(error).partition("DefaultCPUAllocator: ")[2] or str(error)
    return ZooError(f"memory ran out{f' ({text})' if text else ''}. {ADVICE}")
