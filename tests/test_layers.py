"""The three laws of the house (where a component lies, public names only, no import that looks up), and what stays
light."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import zoo
from zoo.hookspecs import Component
from zoo.registry import KINDS, load_contract, registry

ROOT = Path(__file__).resolve().parents[1]
CORE = sorted((ROOT / "zoo").rglob("*.py"))
PLUGINS = sorted(folder for folder in (ROOT / "plugins").iterdir() if (folder / "__init__.py").exists())
PLUGIN_FILES = sorted(path for plugin in PLUGINS for path in plugin.rglob("*.py"))
COMPONENT_FILES = sorted((ROOT / "zoo/components").rglob("*.py"))
FLOORS = [
    "errors",
    "system",
    "interfaces",
    "hookspecs",
    "discovery",
    "registry",
    "building",
    "recipes",
    "data",
    "training",
    "pretrained",
    "scores",
    "runs",
    "reports",
    "publishing",
    "evals",
    "testing",
    "scaffold",
    "cli",
    "__init__",
    "__main__",
]
"""The core from the ground up: imports run down, never up. `components` is a plugin, and uses public names."""
HEAVY = {"accelerate", "diffusers", "numba", "numpy", "scipy", "skimage", "timm", "torch"}


def imports(path: Path) -> Iterator[tuple[str, str | None]]:
    """(module, name) of every import in a file, wherever it stands; name is None for `import module`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from ((node.module or "", alias.name) for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_imports_no_plugin(path: Path) -> None:
    plugins = {plugin.name for plugin in PLUGINS}
    assert not [module for module, _ in imports(path) if module.split(".")[0] in plugins]


def names_in_code(path: Path) -> Iterator[str]:
    """Every identifier and every string of a file that is not a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value
        yield from (
            value for _, value in ast.iter_fields(node) if isinstance(value, str) and type(node) is not ast.Constant
        )


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_the_core_names_no_voxel_and_no_cut(path: Path) -> None:
    # Docstrings may cite the VOXPLOER paper as a source, and noise may be "cut off"; code may name neither.
    assert not re.findall(r"(?i)\bvoxels?\b|kirigami|metashell|\bcuts\b|cut.pattern", path.read_text(encoding="utf-8"))
    assert not [name for name in names_in_code(path) if re.search(r"(?i)voxel|voxploer|(?:\b|_)cuts?(?:\b|_)", name)]


@pytest.mark.parametrize("component", registry().components(), ids=lambda c: f"{c.kind}/{c.name}")
def test_a_component_lies_where_its_name_says(component: Component) -> None:
    module = component.target.partition(":")[0]
    name = component.name.replace("-", "_")
    assert ".components." in module and module.rpartition(".")[2] in (name, f"{name}_{component.kind}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_contract_and_a_kit_of_its_name(kind: str) -> None:
    assert load_contract(kind).__module__ == f"zoo.interfaces.{kind}"
    assert (ROOT / f"zoo/testing/{kind}.py").exists()


@pytest.mark.parametrize("path", [path for path in CORE if path not in COMPONENT_FILES], ids=name_of)
def test_the_ground_does_not_look_up(path: Path) -> None:
    own = path.relative_to(ROOT / "zoo").with_suffix("").parts[0]
    ours = [(module.split("."), name) for module, name in imports(path) if module.split(".")[0] == "zoo"]
    floors = {parts[1] if len(parts) > 1 else name for parts, name in ours}
    assert floors <= set(FLOORS[: FLOORS.index(own) + 1])


@pytest.mark.parametrize("path", [*PLUGIN_FILES, *COMPONENT_FILES], ids=name_of)
def test_a_plugin_uses_the_public_api_only(path: Path) -> None:
    own = path.relative_to(ROOT).parts[1 if path in PLUGIN_FILES else 0]
    for module, name in imports(path):
        package = module.split(".")[0]
        if package == "zoo" and not (own == "zoo" and module.startswith("zoo.components.")):
            assert module == "zoo"
            assert name is None or name in zoo.__all__
        if package in {plugin.name for plugin in PLUGINS} - {own}:
            assert module == package, "another plugin is used through its package root"
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    used = {
        n.attr for n in tree if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "zoo"
    }
    assert used <= set(zoo.__all__)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = {re.split(r"[<>=!~ ]", requirement)[0] for requirement in project["optional-dependencies"]["meshio"]}
    declared = {re.split(r"[<>=!~ ]", requirement)[0] for requirement in project["dependencies"]}
    ours = {"zoo", *(plugin.name for plugin in PLUGINS)}
    packages = {module.split(".")[0] for path in [*CORE, *PLUGIN_FILES] for module, _ in imports(path)}
    distributions = packages_distributions()
    imported = {distributions[package][0].lower() for package in packages - sys.stdlib_module_names - ours}
    assert imported - optional == declared


@pytest.mark.parametrize("name", zoo.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(zoo, name) is not None


def test_nothing_else_is_public() -> None:
    assert dir(zoo) == zoo.__all__
    with pytest.raises(AttributeError, match="attribute Encoderr"):
        _ = zoo.Encoderr  # type: ignore[attr-defined]


def loaded_by(code: str) -> set[str]:
    """Heavy packages that are loaded once `code` has run in a fresh interpreter."""
    code += "\nimport sys; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return HEAVY & set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("package", ["zoo", "zoo.components", "zoo.cli", *(plugin.name for plugin in PLUGINS)])
def test_importing_is_light(package: str) -> None:
    assert loaded_by(f"import {package}") == set()


@pytest.mark.parametrize("command", [["--help"], ["list"], ["plugins"], ["run", "--help"]], ids=" ".join)
def test_looking_around_is_light(command: list[str], tmp_path: Path) -> None:
    code = f"""
import os, sys
os.chdir({str(tmp_path)!r})
sys.argv = ["zoo", *{command}]
from zoo.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""
    assert loaded_by(code) == set()
