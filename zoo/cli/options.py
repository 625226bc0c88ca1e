"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from zoo.system import processes

Size = Annotated[str, typer.Option(help="tiny, small, paper, or auto: paper on a GPU, small on a CPU.")]
Processes = Annotated[
    int, typer.Option("--processes", min=1, help="Processes of this machine to share the work among.")
]
Overrides = Annotated[list[str] | None, typer.Option("--set", help="Change one value: encoder.width=64. Repeatable.")]
Configs = Annotated[
    list[Path] | None, typer.Option("--config", help="A YAML file of changes to the recipe. Repeatable.")
]


def chosen_size(size: str) -> str:
    """The size to use; what `auto` comes to is said."""
    if size != "auto":
        return size
    from zoo.recipes import automatic_size

    chosen = automatic_size()
    reason = "there is a GPU" if chosen == "paper" else "there is no GPU"
    if processes.is_main():
        typer.echo(f"size {chosen}, since {reason}", err=True)
    return chosen
