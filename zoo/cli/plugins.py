"""`zoo plugins`: what is installed, what it brings, and what is wrong with it; `zoo plugin new`: one to start from."""

import warnings
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.plugin_commands import plugin_commands
from zoo.cli.support.tables import print_table
from zoo.discovery import Plugin, PluginWarning, discovery
from zoo.recipes.catalogue import SECTIONS, Catalogue, read_catalogue
from zoo.registry import registry


def plugins() -> None:
    """List plugins with their distribution, version and what they bring, then every warning about them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        discovered = discovery()
        catalogue = read_catalogue(discovered, Path.cwd())
        rows = [(plugin.name, plugin.origin, ", ".join(_brought(plugin, catalogue))) for plugin in discovered.plugins]
    print_table(("plugin", "from", "brings"), rows)
    for warning in discovered.warnings:
        typer.echo(f"\nwarning: {warning}")


def _brought(plugin: Plugin, catalogue: Catalogue) -> list[str]:
    kinds = Counter(c.kind for c in registry().components() if registry().plugin(c) is plugin)
    brought = [f"{kind} ({count})" for kind, count in kinds.items()]
    for section in SECTIONS:
        if names := catalogue.brought_by(plugin, section):
            brought.append(f"{section.removesuffix('s')} recipe ({len(names)})")
    commands = [name for name, (owner, _) in plugin_commands(discovery()).items() if owner is plugin]
    return brought + [f"zoo {name}" for name in commands]


plugin = typer.Typer(no_args_is_help=True, help="Write a plugin; `zoo plugins` lists those that are installed.")


@plugin.callback()
def group() -> None:
    """A group of its own, however few its commands are."""


@plugin.command(short_help="Write a working plugin to start from.")
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens: the plugin NAME, in zoo-NAME.")],
) -> None:
    """Write the folder zoo-NAME: a distribution with a regulariser, a recipe, and tests that pass."""
    from zoo.scaffold.new import new_plugin

    for file in new_plugin(name, Path()):
        typer.echo(file)
    typer.echo(f"\nNext:\n  pip install --editable zoo-{name}\n  pytest zoo-{name}")
