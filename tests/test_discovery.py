"""A broken plugin is one warning that names it; everything else works."""

import os
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Callable
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest

from zoo import ZooError, discovery, hookspecs
from zoo.discovery import HOOKS, Discovery, PluginWarning, discover, use_file
from zoo.registry import Registry

GOOD = """
    import zoo

    @zoo.hookimpl
    def zoo_components():
        return [zoo.Component("schedule", "mine", "nowhere:Nothing", "A schedule")]
"""

Install = Callable[..., list[EntryPoint]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Write distributions, a module each, into a folder that Python imports from; returns all entry points there."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(code: str, name: str, version: str = "1.2") -> list[EntryPoint]:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(code))
        metadata = tmp_path / f"{name}_dist-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-dist\nVersion: {version}\n")
        (metadata / "entry_points.txt").write_text(f"[zoo.plugins]\n{name} = {name}\n")
        found = [entry for dist in distributions(path=[str(tmp_path)]) for entry in dist.entry_points]
        return sorted(found, key=lambda entry: entry.name)

    yield write  # type: ignore[misc]
    for module in set(sys.modules) - before:
        del sys.modules[module]


def warned(entries: list[EntryPoint], chosen: str | None = None) -> tuple[Discovery, Registry, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = discover(entries, chosen, [])
        registry = Registry(found)
    lines = [str(warning.message) for warning in caught if warning.category is PluginWarning]
    assert lines == found.warnings
    return found, registry, lines


BROKEN = {
    "raises": ("raise ValueError('no luck')", "ValueError: no luck."),
    "exits": ("import sys\nsys.exit(3)", "SystemExit: 3."),
    "syntax": ("def", "SyntaxError"),
    "misses": ("import nosuchmodule", "No module named 'nosuchmodule'"),
    "misspelt": (
        "import zoo\n@zoo.hookimpl\ndef zoo_component(): return []",
        "not a hook. Did you mean 'zoo_components'?",
    ),
    "undecorated": ("def zoo_components(): return []", "'zoo_components' lacks the decorator @zoo.hookimpl"),
    "signature": ("import zoo\n@zoo.hookimpl\ndef zoo_components(config): return []", "config"),
    "hook_raises": ("import zoo\n@zoo.hookimpl\ndef zoo_components(): 1 / 0", "ZeroDivisionError"),
    "late": ("import zoo\n@zoo.hookimpl\ndef zoo_components(): yield 1 / 0", "ZeroDivisionError"),
    "no_list": ("import zoo\n@zoo.hookimpl\ndef zoo_components(): return 3", "TypeError"),
    "no_record": ("import zoo\n@zoo.hookimpl\ndef zoo_components(): return ['x']", "'x', which is not a zoo.Component"),
    "kind": (
        "import zoo\n@zoo.hookimpl\ndef zoo_components(): return [zoo.Component('shedule', 'x', 'a:b', 's')]",
        "unknown kind 'shedule'. Did you mean 'schedule'?",
    ),
    "fields": (
        "import zoo\n@zoo.hookimpl\ndef zoo_components(): return [zoo.Component('schedule', 3, 'a:b', 's')]",
        "needs a kind, a name, a summary and a target",
    ),
}


@pytest.mark.parametrize(("code", "words"), BROKEN.values(), ids=BROKEN)
def test_one_warning_names_the_broken_and_the_others_work(install: Install, code: str, words: str) -> None:
    install(GOOD, "good_one", "0.3")
    found, registry, lines = warned(install(code, "broken_one"))
    [line] = lines
    assert "broken_one-dist 1.2" in line
    assert words in line
    assert "\n" not in line
    assert [component.name for component in registry.components()] == ["mine"]
    assert [plugin.origin for plugin in found.plugins if plugin.name == "good_one"] == ["good_one-dist 0.3"]


def test_good_records_of_a_plugin_with_a_bad_one_stay(install: Install) -> None:
    code = GOOD.replace("return [", "return [None, ")
    _, registry, lines = warned(install(code, "half"))
    assert len(lines) == 1
    assert [component.name for component in registry.components()] == ["mine"]


def test_a_lazy_package_is_not_made_to_load_itself(install: Install) -> None:
    lazy = """
        def __getattr__(name):
            raise RuntimeError(f"{name} was asked for")

        def __dir__():
            return ["Heavy"]
    """
    found = discover(install(GOOD + lazy, "lazy"), None, [])
    assert [component.name for component in Registry(found).components()] == ["mine"]


@pytest.mark.parametrize("package", ["numpy", "torch"])
def test_a_slow_import_is_told(tmp_path: Path, package: str) -> None:
    # A stand-in that is found first: what counts is the name, and the real ones take their time.
    (tmp_path / f"{package}.py").write_text("")
    (tmp_path / "slow.py").write_text(f"import {package}\n{textwrap.dedent(GOOD)}")
    code = f"""
from pathlib import Path
from zoo.discovery import discover
from zoo.registry import Registry
found = discover([], None, [Path({str(tmp_path / "slow.py")!r})])
assert [component.name for component in Registry(found).components()] == ["mine"]
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert f"importing it imports {package}, which slows every command" in done.stderr


def test_zoo_plugins_bisects(install: Install) -> None:
    install("import zoo", "first")
    entries = [*install("import zoo", "second"), EntryPoint("core", "zoo.components", "zoo.plugins")]
    assert [plugin.name for plugin in discover(entries, None, []).plugins] == ["first", "second", "core"]
    assert [plugin.name for plugin in discover(entries, "second", []).plugins] == ["second", "core"]
    assert [plugin.name for plugin in discover(entries, "", []).plugins] == ["core"]
    found, _, [line] = warned(entries, " second , frist")
    assert [plugin.name for plugin in found.plugins] == ["second", "core"]
    assert line == "ZOO_PLUGINS names 'frist', which is not installed. Did you mean 'first'?"


def test_a_file_is_a_plugin(tmp_path: Path) -> None:
    path = tmp_path / "my_own_plugin.py"
    path.write_text(textwrap.dedent(GOOD))
    with discovery.using():
        use_file(path)
        found = discovery.discovery()
        assert found.plugins[-1].origin == str(path)
        assert sys.modules.pop("my_own_plugin").__file__ == str(path)
    assert str(path) not in [plugin.origin for plugin in discovery.discovery().plugins]


def test_a_file_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ZooError, match="nowhere.py: no such file"):
        use_file(Path("nowhere.py"))


def test_a_package_is_loaded_by_its_init(tmp_path: Path) -> None:
    package = tmp_path / "my_own_package"
    package.mkdir()
    (package / "__init__.py").write_text(textwrap.dedent(GOOD))
    (package / "inner.py").write_text("ANSWER = 42")
    [plugin] = discover([], None, [package / "__init__.py"]).plugins
    assert plugin.name == "my_own_package"
    from my_own_package.inner import ANSWER  # type: ignore[import-not-found]

    assert ANSWER == 42
    for name in ("my_own_package", "my_own_package.inner"):
        del sys.modules[name]


def test_a_file_does_not_hide_an_installed_module(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("")
    with pytest.warns(PluginWarning, match="there is another module 'numpy'"):
        discover([], None, [tmp_path / "numpy.py"])


LISTENER = """
    import zoo

    heard = []

    @zoo.hookimpl
    def zoo_event(event, run, payload):
        {action}
"""


def test_every_listener_hears_though_one_raises(install: Install, tmp_path: Path) -> None:
    install(LISTENER.format(action="raise OSError('disk full')"), "a_deaf")
    found = discover(install(LISTENER.format(action="heard.append((event, run, payload))"), "b_ear"), None, [])
    with pytest.warns(PluginWarning, match="a_deaf-dist 1.2: zoo_event failed: OSError: disk full") as caught:
        found.emit("stage", tmp_path, {"name": "x"})
    assert len(caught) == 1
    assert sys.modules["b_ear"].heard == [("stage", tmp_path, {"name": "x"})]


def test_a_listener_may_take_what_it_likes_and_return_anything(install: Install, tmp_path: Path) -> None:
    code = LISTENER.replace("(event, run, payload)", "(event)").format(action="heard.append(event); return 3")
    found = discover(install(code, "c_ear"), None, [])
    found.emit("finish", tmp_path, {})
    assert sys.modules["c_ear"].heard == ["finish"]
    assert found.warnings == []


def test_the_hooks_are_the_four() -> None:
    assert HOOKS == ("zoo_components", "zoo_recipes", "zoo_commands", "zoo_event")
    assert all(getattr(hookspecs, hook).__doc__ for hook in HOOKS)
