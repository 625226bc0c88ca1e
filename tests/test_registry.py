"""Components by kind and name: imported on use, checked against their contract, never ambiguous."""

import inspect
import sys
import textwrap
from functools import partial
from pathlib import Path

import pytest

import zoo
from zoo import ZooError
from zoo.building.schema import schema
from zoo.discovery import PluginWarning, discover
from zoo.interfaces.regulariser import Regulariser
from zoo.interfaces.sampler import Sampler
from zoo.registry import KINDS, Registry, load_contract, missing_requirements, registry


def registry_of(*codes: str, folder: Path) -> Registry:
    """A registry of plugins that are files of `folder`: plugin_0.py, plugin_1.py, …"""
    files = []
    for i, code in enumerate(codes):
        file = folder / f"plugin_{i}.py"
        file.write_text("import zoo\nfrom zoo import Component, hookimpl\n" + textwrap.dedent(code))
        files.append(file)
    return Registry(discover([], "", files))


@pytest.fixture(autouse=True)
def _forget_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(2):
        monkeypatch.delitem(sys.modules, f"plugin_{i}", raising=False)


def brings(*components: str) -> str:
    return f"@hookimpl\ndef zoo_components():\n    return [{', '.join(components)}]\n"


MINE = "Component('regulariser', 'mine', 'plugin_0:Mine', 'Mine')"


def test_every_kind_has_its_contract() -> None:
    assert len(KINDS) == 15
    for kind in KINDS:
        contract = load_contract(kind)
        assert inspect.isabstract(contract)
        assert getattr(zoo, contract.__name__) is contract


@pytest.mark.parametrize("component", registry().components(), ids=lambda c: f"{c.kind}/{c.name}")
def test_everything_that_is_installed_loads(component: zoo.Component) -> None:
    loaded = registry().load(load_contract(component.kind), component.name)
    assert all(argument.adapter is not None or argument.kind for argument in schema(loaded).values())
    assert loaded.__doc__


def test_an_unknown_name_is_told_with_a_suggestion() -> None:
    with pytest.raises(ZooError, match="there is no sampler 'dddim'. Did you mean 'ddim'?"):
        registry().find("sampler", "dddim")
    with pytest.raises(ZooError, match="there is no sampler 'zzz'. Known: .*ddim, ddpm"):
        registry().load(Sampler, "zzz")


def test_components_come_by_kind_then_name(tmp_path: Path) -> None:
    found = registry_of(
        brings(
            "Component('model', 'a', 'm:A', 's')",
            "Component('domain', 'b', 'm:B', 's')",
            "Component('domain', 'a', 'm:A', 's')",
        ),
        folder=tmp_path,
    )
    assert [(c.kind, c.name) for c in found.components()] == [("domain", "a"), ("domain", "b"), ("model", "a")]
    assert [c.name for c in found.components("model")] == ["a"]


def test_a_name_that_two_bring_is_a_warning_then_an_error_naming_both(tmp_path: Path) -> None:
    other = "Component('schedule', 'fine', 'plugin_1:Fine', 'Fine')"
    with pytest.warns(PluginWarning, match="plugin_1.py: regulariser 'mine' is brought by .*plugin_0.py") as caught:
        found = registry_of(brings(MINE), brings(MINE, other), folder=tmp_path)
    assert len(caught) == 1
    assert [component.name for component in found.components()] == ["fine"]
    for use in (partial(found.find, "regulariser"), partial(found.load, Regulariser)):
        with pytest.raises(ZooError, match="regulariser 'mine' is brought by .*plugin_0.py.* and .*plugin_1.py"):
            use("mine")


def test_one_name_in_two_kinds_is_no_conflict(tmp_path: Path) -> None:
    found = registry_of(brings(MINE, MINE.replace("regulariser", "schedule")), folder=tmp_path)
    assert len(found.components()) == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("class Mine: pass", "plugin_0:Mine is not a subclass of zoo.Regulariser"),
        ("Mine = 3", "plugin_0:Mine is not a subclass of zoo.Regulariser"),
        ("", "cannot be imported: AttributeError: .*no attribute 'Mine'"),
        ("class Mine(zoo.Regulariser): pass", "does not define loss"),
        ("class Mine(zoo.Schedule): pass", "not a subclass of zoo.Regulariser"),
    ],
)
def test_what_a_target_is_not_is_told_with_its_origin(code: str, words: str, tmp_path: Path) -> None:
    found = registry_of(brings(MINE) + code, folder=tmp_path)
    with pytest.raises(ZooError, match=f"regulariser 'mine' of .*plugin_0.py.*{words}"):
        found.load(Regulariser, "mine")


def test_what_must_be_installed_first_is_told(tmp_path: Path) -> None:
    needy = MINE.replace("'Mine')", "'Mine', requires=('numpy', 'no-such-dist'))")
    found = registry_of(brings(needy), folder=tmp_path)
    assert missing_requirements(found.find("regulariser", "mine")) == ["no-such-dist"]
    with pytest.raises(ZooError, match=r"plugin_0.py needs more: pip install no-such-dist$"):
        found.load(Regulariser, "mine")


def test_a_target_that_fails_names_its_origin_and_the_error(tmp_path: Path) -> None:
    found = registry_of(brings(MINE.replace("plugin_0:Mine", "nosuchmodule:Mine")), folder=tmp_path)
    with pytest.raises(ZooError, match="plugin_0.py cannot be imported: ModuleNotFoundError.*nosuchmodule"):
        found.load(Regulariser, "mine")
