"""The arrows between the layers: what imports what, what names what, and what stays light."""

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

ROOT = Path(__file__).resolve().parents[1]
CORE = sorted((ROOT / "zoo").rglob("*.py"))
PLUGINS = sorted(folder for folder in (ROOT / "plugins").iterdir() if (folder / "__init__.py").exists())
PLUGIN_FILES = sorted(path for plugin in PLUGINS for path in plugin.rglob("*.py"))
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
    """Every identifier and every string of a file that is no docstring."""
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


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=name_of)
def test_a_plugin_uses_the_public_api_only(path: Path) -> None:
    own = path.relative_to(ROOT / "plugins").parts[0]
    for module, name in imports(path):
        package = module.split(".")[0]
        if package == "zoo":
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
