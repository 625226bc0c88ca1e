"""`zoo data build DATASET`: ahead of a run."""

import typer

from zoo import processes
from zoo.cli.data.opening import Changes, Name, Processes, opened, share_out
from zoo.cli.stopping import stoppable


def build_data(name: Name, changes: Changes = None, count: Processes = 1) -> None:
    """Build a dataset ahead of the first run that needs it. Stopped, it goes on from there the next time."""
    share_out(count)
    with stoppable():
        data = opened(name, changes)
    if processes.is_main():
        typer.echo(f"{name}  {len(data.store):,} structures, edition {data.card.edition}, {data.folder}")
