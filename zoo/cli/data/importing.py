"""`zoo data import NAME FILES…`: structures that others have made."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.data.opening import arguments
from zoo.cli.support.launch import share_out
from zoo.cli.support.options import Processes
from zoo.cli.support.stopping import stoppable
from zoo.errors import ZooError, abridged
from zoo.system import processes


def import_files(
    name: Annotated[str, typer.Argument(help="What to call it; NAME@EDITION for another edition of a dataset.")],
    files: Annotated[list[Path], typer.Argument(help="Files, or folders of files.")],
    importer: Annotated[
        str | None,
        typer.Option("--as", help="The importer; `zoo list importer` names them. By default as the file is."),
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="An argument of the importer: resolution=24. Repeatable.")
    ] = None,
    properties: Annotated[
        Path | None, typer.Option(help="A CSV table with a line of numbers for each entry of the files.")
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--property-kind",
            metavar="NAME=KIND",
            help="How a property turns with its structure: scalar, axes, vector, tensor or voigt. By default E_x, "
            "nu_xy, C11 and the like belong to axes, all others are scalars. Repeatable.",
        ),
    ] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad entries out, and name them.")] = False,
    count: Processes = 1,
) -> None:
    """Make a dataset of files: it is trained on, conditioned on and scored against like any other.

    Every entry is checked. Stopped, the same command goes on from there.
    """
    share_out(count)
    processes.connect()
    with stoppable():
        from zoo.data.importing import import_data

        done = import_data(
            name,
            files,
            importer=importer,
            arguments=arguments(changes),
            table=properties,
            kinds=_kinds(kinds or ()),
            skip_bad=skip_bad,
        )
    if processes.is_main():
        for line in abridged(done.left_out):
            typer.echo(f"left out: {line}", err=True)
        typer.echo(f"{name}  {done.count:,} structures, {len(done.left_out):,} entries left out, {done.folder}")


def _kinds(texts: Sequence[str]) -> dict[str, str]:
    kinds = {name.strip(): kind.strip() for name, _, kind in (text.rpartition("=") for text in texts)}
    if "" in {*kinds, *kinds.values()} or len(kinds) < len(texts):
        raise ZooError("--property-kind: expected NAME=KIND, such as E_x=axes, and each name once.")
    return kinds
