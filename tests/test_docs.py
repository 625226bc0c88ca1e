"""What the pages say is so: their files are written, their commands are run, the hooks are as printed."""

import inspect
import os
import re
import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

from zoo import hookspecs
from zoo.registry import KINDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: what it is, the file it says it is, and its text."""

    kind: str
    title: str
    text: str

    @property
    def commands(self) -> list[str]:
        return [line.split(" # ")[0].strip() for line in self.text.splitlines() if line.strip()]


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(page.read_text(encoding="utf-8"))]


def run(command: str, folder: Path) -> None:
    """Run a command of a page in a folder; what takes long is only planned."""
    if command.startswith("make "):
        assert re.search(rf"^{command.split()[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    if command == "pip install .":
        return  # `make wheel` installs zoo
    site = folder / "site-packages"
    if command.startswith("pip install "):
        target = shlex.quote(str(site))
        command = f"python -m pip install -q --no-deps --no-build-isolation --target {target} {command.split()[-1]}"
    elif " run " in command and "--size tiny" not in command and "--dry-run" not in command:
        command += " --dry-run"
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(site), "PAGER": "cat"}
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_works(page: Path, tmp_path: Path) -> None:
    for block in blocks(page):
        if block.title:
            file = tmp_path / block.title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command in block.commands:
                run(command, tmp_path)
        elif block.kind == "python":
            exec(compile(block.text, str(page), "exec"), {})  # noqa: S102


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists()


def test_every_hook_is_documented_with_its_signature() -> None:
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    hooks = {name: hook for name, hook in vars(hookspecs).items() if name.startswith("zoo_")}
    assert len(hooks) == 4
    for name, hook in hooks.items():
        signature = inspect.signature(hook)
        shown = ", ".join(f"{p.name}: {_short(p.annotation)}" for p in signature.parameters.values())
        assert f"\n{name}({shown}) -> {_short(signature.return_annotation)}\n" in text


def test_every_kind_is_documented() -> None:
    text = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    for kind, target in KINDS.items():
        assert f"| `{kind}` | `zoo.{target.split(':')[1]}` |" in text


def _short(annotation: object) -> str:
    """An annotation without its modules."""
    return re.sub(r"[\w.]+\.(?=\w)", "", inspect.formatannotation(annotation))
