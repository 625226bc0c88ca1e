"""The site is built without a warning and needs nobody else; what is made from the code is what the code says."""

import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
import yaml

import zoo
from zoo import hookspecs
from zoo.building.schema import schema
from zoo.cli.app import app
from zoo.cli.show import documentation
from zoo.cli.support.plugin_commands import OURS, plugin_commands
from zoo.discovery import discovery
from zoo.hookspecs import Component
from zoo.registry import KINDS, load_contract, registry

ROOT = Path(__file__).resolve().parents[1]
MAX_PICTURE = 150_000


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs/reference.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def pages(reference: ModuleType) -> dict[str, str]:
    return {Path(name).stem: text for name, text in reference.pages().items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocs")
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    return folder


def test_every_page_is_built(site: Path, reference: ModuleType) -> None:
    written = {page.relative_to(ROOT / "docs").as_posix() for page in (ROOT / "docs").rglob("*.md")}
    for page in {*written, *reference.root_pages(), *reference.pages()}:
        assert (site / page).with_suffix(".html").exists()
    assert not list(site.rglob("*.py"))


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=\"?((?:https?:)?//[^\s\">]+)|url\(((?:https?:)?//)"
    )
    for file in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not loads.findall(file.read_text(encoding="utf-8")), file


def test_every_picture_is_there_and_small(site: Path) -> None:
    for page in site.rglob("*.html"):
        for source in re.findall(r'<img [^>]*src="([^"]+)"', page.read_text(encoding="utf-8")):
            assert 0 < (page.parent / source).stat().st_size < MAX_PICTURE


def section(page: str, heading: str) -> str:
    """What stands under a heading, down to the next of its level or above."""
    level = heading.split(" ")[0]
    [found] = re.findall(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", page, re.MULTILINE | re.DOTALL)
    return found


def name_of(component: Component) -> str:
    return f"{component.kind}-{component.name}"


def test_every_component_is_there_once(pages: dict[str, str]) -> None:
    shown = re.findall(r"^### .* \{ #(\S+) \}$", pages["components"], re.MULTILINE)
    assert shown == [name_of(component) for component in registry().components()]


@pytest.mark.parametrize("component", registry().components(), ids=name_of)
def test_a_component_has_the_arguments_of_its_signature(component: Component, pages: dict[str, str]) -> None:
    text = section(pages["components"], f"### {component.name} {{ #{name_of(component)} }}")
    assert component.summary in text and component.target in text
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (?:`(.+)`)? ?\|$", text, re.MULTILINE)
    loaded: Any = registry().load(load_contract(component.kind), component.name)
    parameters = [
        p for p in inspect.signature(loaded).parameters.values() if p.name not in ("structure", "latent_shape")
    ]
    assert [name for name, _, _ in rows] == [parameter.name for parameter in parameters]
    for (_, takes, default), parameter in zip(rows, parameters, strict=True):
        assert takes
        if parameter.default is inspect.Parameter.empty:
            assert default == ""
        else:
            expected = list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default
            assert yaml.safe_load(default) == expected


@pytest.mark.parametrize("component", registry().components(), ids=name_of)
def test_every_argument_is_explained(component: Component) -> None:
    loaded = registry().load(load_contract(component.kind), component.name)
    explained = set(re.findall(r"\w+", documentation(loaded)))
    unexplained = {argument.name for argument in schema(loaded).values() if not argument.kind} - explained
    assert not unexplained, f"say in the docstring what they are: {', '.join(unexplained)}"


def test_a_component_has_its_docstring(pages: dict[str, str]) -> None:
    text = section(pages["components"], "### ras { #regulariser-ras }")
    assert "VOXPLOER's latent regulation: repel and sink" in text
    assert "- `sink`: `sink` x mean square of the valid latents' elements" in text


def test_every_hook_has_its_signature_and_docstring(pages: dict[str, str]) -> None:
    hooks = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("zoo_")}
    shown = re.findall(r"^## (zoo_\w+)$", pages["hooks"], re.MULTILINE)
    assert shown == list(hooks)
    for name, hook in hooks.items():
        text = section(pages["hooks"], f"## {name}")
        signature = inspect.signature(hook)
        parameters = [f"{p.name}: {inspect.formatannotation(p.annotation)}" for p in signature.parameters.values()]
        full = f"def {name}({', '.join(parameters)}) -> {inspect.formatannotation(signature.return_annotation)}"
        assert re.sub(r"(?:\w+\.)+(?=\w)", "", full) in text
        assert inspect.getdoc(hook) in text
    for record in (zoo.Component, zoo.Command):
        text = section(pages["hooks"], f"### zoo.{record.__name__}")
        assert all(f"    {name}: " in text for name in record.__annotations__)


def test_every_contract_is_there_with_its_methods(pages: dict[str, str]) -> None:
    for kind in KINDS:
        contract = getattr(zoo, kind.capitalize())
        text = section(pages["contracts"], f"## {kind}")
        assert f"class {contract.__name__}(" in text
        own = [name for name in contract.__abstractmethods__ if name in vars(contract)]
        assert all(f"    def {name}(" in text for name in own)


def test_every_command_is_there_with_its_options(pages: dict[str, str]) -> None:
    shown = re.findall(r"^## zoo (\S+)$", pages["commands"], re.MULTILINE)
    assert shown == [*OURS, *plugin_commands(discovery())]
    for name in shown:
        assert f"Usage: zoo {name} " in section(pages["commands"], f"## zoo {name}")
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        text = section(pages["commands"], f"## zoo {name}")
        assert all(option in text for parameter in command.params for option in parameter.opts)
