"""`zoo plugins`: what is installed, what it brings, and what is wrong with it."""

import warnings
from collections import Counter
from pathlib import Path

import typer

from zoo.cli.plugin_commands import plugin_commands
from zoo.cli.tables import print_table
from zoo.discovery import Plugin, PluginWarning, discovery
from zoo.recipes.catalogue import SECTIONS, Catalogue, read_catalogue
from zoo.registry import registry


def plugins() -> None:
    """List plugins with their distribution, version and what they bring, then every warning about them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)
        found = discovery()
        catalogue = read_catalogue(found, Path.cwd())
        rows = [(plugin.name, plugin.origin, ", ".join(_brought(plugin, catalogue))) for plugin in found.plugins]
    print_table(("plugin", "from", "brings"), rows)
    for warning in found.warnings:
        typer.echo(f"\nwarning: {warning}")


def _brought(plugin: Plugin, catalogue: Catalogue) -> list[str]:
    kinds = Counter(c.kind for c in registry().components() if registry().plugin(c) is plugin)
    brought = [f"{kind} ({count})" for kind, count in kinds.items()]
    for section in SECTIONS:
        if names := catalogue.brought_by(plugin, section):
            brought.append(f"{section.removesuffix('s')} recipe ({len(names)})")
    commands = [name for name, (owner, _) in plugin_commands(discovery()).items() if owner is plugin]
    return brought + [f"zoo {name}" for name in commands]
