"""Finding and loading plugins so that a broken one is a warning, never an outage."""

import functools
import importlib.util
import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from zoo import hookspecs
from zoo.errors import ZooError, ZooWarning, did_you_mean
from zoo.hookspecs import ENTRY_POINTS, PROJECT

HOOKS = tuple(name for name in vars(hookspecs) if name.startswith(f"{PROJECT}_"))
CORE = "zoo.components"
SLOW = ("numpy", "torch")
"""What no plugin may import before one of its components is used: `zoo --help` would wait for it."""


class PluginWarning(ZooWarning):
    """Something is wrong with a plugin; everything else works."""


@dataclass(frozen=True)
class Plugin:
    """A loaded plugin. `origin` names its distribution and version, or its file."""

    name: str
    origin: str
    module: Any = field(repr=False)


class _Manager(pluggy.PluginManager):
    def parse_hookimpl_opts(self, plugin: object, name: str) -> pluggy.HookimplOpts | None:
        # A lazily loaded package imports what is asked of it: ask for nothing but hooks.
        return super().parse_hookimpl_opts(plugin, name) if name.startswith(f"{PROJECT}_") else None


class Discovery:
    """The plugins that could be loaded, and what is wrong with the others."""

    def __init__(self) -> None:
        self.plugins: list[Plugin] = []
        self.warnings: list[str] = []
        self._manager = _Manager(PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def add(self, name: str, origin: str, module: Any) -> None:
        """Register a plugin that has been imported, unless its hooks are not hooks of ours."""
        plugin = Plugin(name, origin, module)
        if self._manager.is_registered(module):
            self.warn(plugin, "it is loaded already.")
            return
        problem = _hook_problem(module)
        if problem is None:
            try:
                self._manager.register(module, name=f"{origin}:{name}")
            except Exception as error:
                if self._manager.is_registered(module):  # An older pluggy does so in part.
                    self._manager.unregister(module)
                problem = _one_line(error)
        if problem is None:
            self.plugins.append(plugin)
        else:
            self.warn(plugin, f"{problem} It is left out.")

    def warn(self, plugin: Plugin, message: str) -> None:
        """One line about a plugin, for now and for `zoo plugins`."""
        self.tell(f"plugin {plugin.name!r} of {plugin.origin}: {message}")

    def tell(self, line: str) -> None:
        """One line about what could not be loaded."""
        self.warnings.append(line)
        warnings.warn(line, PluginWarning, stacklevel=2)

    def collect(self, hook: str) -> list[tuple[Plugin, list[Any]]]:
        """What each plugin returns from a hook that takes no arguments."""
        collected = []
        for plugin in self.plugins:
            with self._guard(plugin, hook):
                answers = self._caller(plugin, hook)()
                collected.append((plugin, [record for answer in answers for record in answer]))
        return collected

    def emit(self, event: str, run: Path, payload: Mapping[str, Any]) -> None:
        """Tell every plugin of an event."""
        for plugin in self.plugins:
            with self._guard(plugin, "zoo_event"):
                self._caller(plugin, "zoo_event")(event=event, run=run, payload=payload)

    def _caller(self, plugin: Plugin, hook: str) -> pluggy.HookCaller:
        others = [other.module for other in self.plugins if other is not plugin]
        return self._manager.subset_hook_caller(hook, others)

    @contextmanager
    def _guard(self, plugin: Plugin, hook: str) -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:
            self.warn(plugin, f"{hook} failed: {_one_line(error)}")


_files: list[Path] = []


def use_file(path: Path) -> None:
    """Load an unpackaged plugin too. Call it before anything asks for the registry."""
    if not path.is_file():
        raise ZooError(f"--plugin {path}: no such file.")
    _files.append(path)
    discovery.cache_clear()


@contextmanager
def using(*files: Path) -> Iterator[None]:
    """Let a block have these unpackaged plugins and no others; those that it names itself are forgotten after it."""
    global _files
    before, _files = _files, list(files)
    discovery.cache_clear()
    try:
        yield
    finally:
        _files = before
        discovery.cache_clear()


@functools.cache
def discovery() -> Discovery:
    """The plugins of this process: installed ones as far as `ZOO_PLUGINS` allows, and those of `--plugin`."""
    return discover(entry_points(group=ENTRY_POINTS), os.environ.get("ZOO_PLUGINS"), _files)


def discover(entries: Iterable[EntryPoint], chosen: str | None, files: Sequence[Path]) -> Discovery:
    """Load plugins. `chosen` lists the names of those to load besides the core, separated by commas; None means all."""
    discovered = Discovery()
    entries = list(entries)
    names = None if chosen is None else [name.strip() for name in chosen.split(",") if name.strip()]
    for entry in entries:
        if names is None or entry.name in names or entry.value == CORE:
            _load_entry(discovered, entry)
    for name in names or ():
        if name not in {entry.name for entry in entries}:
            hint = did_you_mean(name, (entry.name for entry in entries))
            discovered.tell(f"ZOO_PLUGINS names {name!r}, which is not installed.{hint}")
    for path in files:
        _guarded(discovered, _module_name(path), str(path), functools.partial(_import_file, path))
    return discovered


def emit(event: str, run: Path, payload: Mapping[str, Any]) -> None:
    """Tell every plugin that a run has reached an event; one that fails is a warning."""
    discovery().emit(event, run, payload)


def _load_entry(found: Discovery, entry: EntryPoint) -> None:
    origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
    _guarded(found, entry.name, origin, entry.load)


def _guarded(found: Discovery, name: str, origin: str, load: Callable[[], Any]) -> None:
    before = set(sys.modules)
    try:
        module = load()
    except (Exception, SystemExit) as error:
        found.warn(Plugin(name, origin, None), f"it cannot be imported: {_one_line(error)} It is left out.")
        return
    slow = [module for module in SLOW if module in sys.modules and module not in before]
    if slow:
        found.warn(
            Plugin(name, origin, module),
            f"importing it imports {' and '.join(slow)}, which slows every command; "
            "only its components' modules should.",
        )
    found.add(name, origin, module)


def _import_file(path: Path) -> ModuleType:
    """A Python file as a module of its own name, so that targets can name it; `__init__.py` as its folder's package."""
    name = _module_name(path)
    known = importlib.util.find_spec(name)
    if known is not None and not (known.origin and Path(known.origin).exists() and path.samefile(known.origin)):
        raise ImportError(f"there is another module {name!r}")
    if name in sys.modules:
        return sys.modules[name]
    folders = None if name == path.stem else [str(path.parent)]
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ImportError("it is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _module_name(path: Path) -> str:
    return path.resolve().parent.name if path.stem == "__init__" else path.stem


def _hook_problem(module: Any) -> str | None:
    """What is wrong with the names of a plugin's hooks: pluggy would silently ignore such functions."""
    for name, value in getattr(module, "__dict__", {}).items():
        if not name.startswith(f"{PROJECT}_") or not inspect.isroutine(value):
            continue
        if name not in HOOKS:
            return f"{name!r} is not a hook.{did_you_mean(name, HOOKS)}"
        if not hasattr(value, f"{PROJECT}_impl"):
            return f"{name!r} lacks the decorator @zoo.hookimpl."
    return None


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}." if text else f"{type(error).__name__}."
