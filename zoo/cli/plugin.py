"""`zoo plugin new NAME`: a plugin to start from."""

from pathlib import Path
from typing import Annotated

import typer

plugin = typer.Typer(no_args_is_help=True, help="Write a plugin; `zoo plugins` lists those that are installed.")


@plugin.callback()
def group() -> None:
    """A group of its own, however few its commands are."""


@plugin.command(short_help="Write a working plugin to start from.")
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and hyphens: the plugin NAME, in zoo-NAME.")],
) -> None:
    """Write the folder zoo-NAME: a distribution with a regulariser, a recipe, and tests that pass."""
    from zoo.scaffold import new_plugin

    for file in new_plugin(name, Path()):
        typer.echo(file)
    typer.echo(f"\nNext:\n  pip install --editable zoo-{name}\n  pytest zoo-{name}")
