"""The pages that MkDocs makes from the code when it builds the site, and the files at the root that are pages too."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.testing import CliRunner

import zoo
from zoo import hookspecs
from zoo.cli.app import app
from zoo.cli.show import argument_rows, documentation
from zoo.discovery import HOOKS, discovery
from zoo.hookspecs import Component
from zoo.registry import KINDS, load_contract, registry

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parents[1]
AT_THE_ROOT = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changes.md"}
"""Files at the root, and the pages that they are."""


def on_files(files: "Files", config: "MkDocsConfig") -> "Files":
    """MkDocs calls this once it knows the files of docs/."""
    from mkdocs.structure.files import File

    for name, text in {**root_pages(), **pages()}.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """MkDocs calls this with each page; its extensions read the title of a block between quotation marks only."""
    return re.sub(r'^```(\w+) title=([^\s"]+)$', r'```\1 title="\2"', markdown, flags=re.MULTILINE)


def root_pages() -> dict[str, str]:
    """The pages that are files at the root, their links as seen from docs/."""
    texts = {page: (ROOT / name).read_text(encoding="utf-8") for name, page in AT_THE_ROOT.items()}
    for name, page in AT_THE_ROOT.items():
        texts = {other: text.replace(f"]({name})", f"]({page})") for other, text in texts.items()}
    return {page: re.sub(r'(\]\(|src="|srcset=")docs/', r"\1", text) for page, text in texts.items()}


def pages() -> dict[str, str]:
    """The pages made from the code, by file name."""
    made = {"commands": commands(), "components": components(), "hooks": hooks(), "contracts": contracts()}
    return {f"reference/{name}.md": "\n".join(lines) + "\n" for name, lines in made.items()}


def commands() -> Iterator[str]:
    """What `--help` says of every command."""
    yield "# Commands\n"
    yield "What `--help` prints. Any command takes `--plugin FILE`, anywhere on its line.\n"
    group = typer.main.get_command(app)
    for name in group.list_commands(None):
        yield f"## zoo {name}\n"
        yield from _help(name)
        for inner in getattr(group.get_command(None, name), "commands", ()):
            yield f"### zoo {name} {inner}\n"
            yield from _help(name, inner)


def _help(*command: str) -> Iterator[str]:
    shown = CliRunner().invoke(app, [*command, "--help"], prog_name="zoo", terminal_width=92)
    yield from ("```text", shown.output.strip(), "```\n")


def components() -> Iterator[str]:
    """Every component with its arguments."""
    yield "# Components\n"
    yield "Everything a recipe can name, by kind; `zoo show NAME` prints the same. What is required has no default.\n"
    yield from _table("plugin", "what it is about", "from", rows=_plugins())
    for kind in KINDS:
        found = registry().components(kind)
        if not found:
            continue
        contract = load_contract(kind)
        yield f"## {kind}\n"
        yield f"{_prose(_first_line(contract))} The contract: [`zoo.{contract.__name__}`](contracts.md#{kind}).\n"
        for component in found:
            yield from _component(component)


def _plugins() -> Iterator[tuple[str, ...]]:
    for plugin in discovery().plugins:
        yield f"`{plugin.name}`", _prose(_first_line(plugin.module)), plugin.origin


def _component(component: Component) -> Iterator[str]:
    loaded = registry().load(load_contract(component.kind), component.name)
    yield f"### {component.name} {{ #{component.kind}-{component.name} }}\n"
    yield f"{component.summary}. From plugin `{registry().plugin(component).name}`: `{component.target}`\n"
    if rows := argument_rows(loaded):
        cells = ((f"`{name}`", takes, "" if default is None else f"`{default}`") for name, takes, default in rows)
        yield from _table("argument", "takes", "default", rows=cells)
    yield _prose(documentation(loaded)) + "\n"


def hooks() -> Iterator[str]:
    """The hooks with their signatures, and the records that they return."""
    yield "# Hooks\n"
    yield "The functions that zoo looks for in a plugin's module, each decorated with `@zoo.hookimpl`. A plugin has"
    yield "those that it needs. [Plugins](../plugins.md) says what they are for.\n"
    for name in HOOKS:
        hook = getattr(hookspecs, name)
        yield from (f"## {name}\n", "```python", f"def {name}{_signature(hook)}", "```\n", _prose(_doc(hook)) + "\n")
    yield "## The records that they return\n"
    for record in (hookspecs.Component, hookspecs.Command):
        yield from (f"### zoo.{record.__name__}\n", "```python", inspect.getsource(record).rstrip(), "```\n")


def contracts() -> Iterator[str]:
    """The classes that components derive from, and those that stand in their signatures."""
    yield "# Contracts\n"
    yield "What a component of each kind must define, and what it gets for doing so, as it stands in the code. All of"
    yield "it is exported by `zoo`. B is the batch, S the structure's shape, Z the latent's shape.\n"
    kinds = {load_contract(kind): kind for kind in KINDS}
    for contract, kind in kinds.items():
        yield f"## {kind}\n"
        yield from _source(contract)
    yield "## What stands in their signatures\n"
    for name in zoo.__all__:
        exported = getattr(zoo, name)
        if inspect.isclass(exported) and exported not in kinds and exported.__module__.startswith("zoo.interfaces"):
            yield f"### {name}\n"
            yield from _source(exported)


def _source(contract: type) -> Iterator[str]:
    yield from ("```python", inspect.getsource(contract).rstrip(), "```\n")


def _signature(hook: Any) -> str:
    """A signature as one writes it, without the modules of its annotations."""
    return re.sub(r"(?<![\w\"'])[a-z_]\w*(?:\.\w+)*\.(?=[A-Z])", "", str(inspect.signature(hook)))


def _table(*headers: str, rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(headers) + " |"
    yield "|---" * len(headers) + "|"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def _doc(documented: Any) -> str:
    return inspect.cleandoc(documented.__doc__ or "")


def _first_line(documented: Any) -> str:
    return _doc(documented).partition("\n\n")[0].replace("\n", " ")


def _prose(text: str) -> str:
    """A docstring as Markdown: what looks like markup and stands in no code is text."""
    return "\n".join(line if line.startswith("    ") else _plain(line) for line in text.split("\n"))


def _plain(line: str) -> str:
    return re.sub(r"(`[^`]*`)|([*_<])", lambda found: found[1] or f"\\{found[2]}", line)
