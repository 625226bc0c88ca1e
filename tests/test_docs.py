"""What the pages say is so: their files are written, their commands are run, the hooks are as printed."""

import inspect
import itertools
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from zoo import discovery, hookspecs
from zoo.cli.app import app
from zoo.registry import KINDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ELSEWHERE = ("pip install .", "mkdocs build --strict")
"""What `make wheel` and test_site.py do."""
LAUNCHERS = {"accelerate-launch", "torchrun"}
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


class Reader:
    """Someone who does what a page says, in a folder.

    What takes long is only planned: runs above the smallest size, and all but one of the ways to start processes. What
    readers of other pages have trained is not trained again.
    """

    def __init__(self, folder: Path, stages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.site = folder / "site-packages"
        self.site.mkdir()
        (folder / "runs").mkdir()
        (folder / "runs" / ".stages").symlink_to(stages)
        self.monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "path", [str(self.site), *sys.path])

    def save(self, block: Block) -> None:
        file = self.folder / block.title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")

    def run(self, command: str) -> None:
        environment, (program, *arguments) = _split(command)
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        if program == "zoo" and ("--processes" not in arguments or "--dry-run" in arguments):
            self.zoo(arguments)
        elif program == "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        elif command not in ELSEWHERE and program != "pytest":  # which test_scaffold.py runs
            self.launch(program, [*arguments, "--dry-run"] if program in LAUNCHERS else arguments)
        for name in environment:
            self.monkeypatch.delenv(name)

    def zoo(self, arguments: list[str]) -> None:
        if "run" in arguments and "tiny" not in arguments and "--dry-run" not in arguments:
            arguments = [*arguments, "--dry-run"]
        with discovery.using():
            done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 0, f"zoo {shlex.join(arguments)}\n{done.output}\n{done.exception}"

    def launch(self, program: str, arguments: list[str]) -> None:
        # Two processes tell as much as eight, and sooner.
        arguments = ["2" if argument == "8" else argument for argument in arguments]
        if (program, arguments[0]) == ("pip", "install"):
            program = "python"
            where = ["--no-deps", "--no-build-isolation", "--target", str(self.site)]
            arguments = ["-m", "pip", "install", "--quiet", *where, *arguments[1:]]
        scripts = sysconfig.get_path("scripts")
        done = subprocess.run([f"{scripts}/{program}", *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{program} {shlex.join(arguments)}\n{done.stdout}\n{done.stderr}"


def _split(command: str) -> tuple[dict[str, str], list[str]]:
    """The variables set before a command, and its words."""
    words = shlex.split(command)
    settings = list(itertools.takewhile(lambda word: re.match(r"[A-Z_]+=", word), words))
    return dict(setting.split("=", 1) for setting in settings), words[len(settings) :]


@pytest.mark.filterwarnings("ignore::zoo.discovery.PluginWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_works(page: Path, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shared / "stages").mkdir(exist_ok=True)
    reader = Reader(tmp_path, shared / "stages", monkeypatch)
    with discovery.using():
        for block in blocks(page):
            if block.title:
                reader.save(block)
            elif block.kind == "console":
                for command in block.commands:
                    reader.run(command)
            elif block.kind == "python":
                exec(compile(block.text, str(page), "exec"), {})  # noqa: S102


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    """Pages made from the code are there when the site is built, which follows links to them."""
    for target in re.findall(r"\]\(([^)#]+)[)#]", page.read_text(encoding="utf-8")):
        assert target.startswith(("https://", "reference/")) or (page.parent / target).exists()


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
    for kind in KINDS:
        assert f"| `{kind}` | `zoo.{kind.capitalize()}` |" in text


def _short(annotation: object) -> str:
    """An annotation without its modules."""
    return re.sub(r"[\w.]+\.(?=\w)", "", inspect.formatannotation(annotation))
