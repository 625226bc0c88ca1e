"""`zoo data build DATASET`: ahead of a run."""

from typing import Annotated

import typer

from zoo import processes
from zoo.cli.data.opening import Changes, Name, opened
from zoo.cli.launch import share_out
from zoo.cli.options import Processes
from zoo.cli.stopping import stoppable


def build_data(
    name: Name,
    changes: Changes = None,
    properties: Annotated[
        str | None, typer.Option(help="A property to compute of each structure; `zoo list properties` names them.")
    ] = None,
    count: Processes = 1,
) -> None:
    """Build a dataset ahead of the first run that needs it. Stopped, it goes on from there the next time.

    `--properties stiffness` is short for `--set properties.use=stiffness`.
    """
    share_out(count)
    processes.connect()
    asked = [f"properties.use={properties}"] if properties else []
    with stoppable():
        data = opened(name, [*(changes or ()), *asked])
    if processes.is_main():
        typer.echo(f"{name}  {len(data.store):,} structures, edition {data.card.edition}, {data.folder}")
