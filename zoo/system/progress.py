"""Progress bars with an estimate of the time left, on the terminal of the main process only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from zoo.system import processes

console = Console(stderr=True)


class Bar:
    """One bar: `advance` it, `note` a few words at its end."""

    def __init__(self, progress: Progress, name: str, total: int, done: int) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=total, completed=done, note="")

    def advance(self, count: int = 1) -> None:
        """Count more pieces of work as done."""
        self._progress.advance(self._task, count)

    def note(self, text: str) -> None:
        """Replace the text at the end of the bar."""
        self._progress.update(self._task, note=text)


@contextmanager
def bar(name: str, total: int, *, done: int = 0, quiet: bool = False) -> Iterator[Bar]:
    """A bar for `total` pieces of work, `done` of which are done already."""
    columns = (
        TextColumn("{task.description}", style="bold"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
    )
    with Progress(*columns, console=console, disable=quiet or not processes.is_main()) as progress:
        yield Bar(progress, f"{name:<12}", total, done)
