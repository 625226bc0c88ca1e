"""`zoo data build DATASET`: ahead of a run."""

from typing import Annotated

import typer

from zoo.cli.data.opening import Changes, Name, opened
from zoo.cli.support.launch import share_out
from zoo.cli.support.options import Processes
from zoo.cli.support.stopping import stoppable
from zoo.system import processes


def build_data(
    name: Name,
    changes: Changes = None,
    properties: Annotated[
        str | None, typer.Option(help="A property to compute of each structure; `zoo list properties` names them.")
    ] = None,
    count: Annotated[
        int | None,
        typer.Option("--count", "-n", min=1, help="How many structures, where a dataset makes any number."),
    ] = None,
    shared: Processes = 1,
) -> None:
    """Build a dataset ahead of the first run that needs it. Stopped, it goes on from there the next time.

    `--count 100` is short for `--set count=100`, `--properties stiffness` for `--set properties.use=stiffness`.
    """
    share_out(shared)
    processes.connect()
    settings = [f"properties.use={properties}"] if properties else []
    settings += [] if count is None else [f"count={count}"]
    with stoppable():
        data = opened(name, [*(changes or ()), *settings])
    if processes.is_main():
        typer.echo(f"{name}  {len(data.store):,} structures, edition {data.card.edition}, {data.folder}")
