"""Progress with an estimate of the time left, from the main process only: a bar on a terminal, a line now and then
elsewhere, as in the log of a cluster's job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

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
SECONDS_BETWEEN_LINES = 30.0
"""Where there is no terminal."""


class Bar(Protocol):
    """Shows how far some work has come: `advance` it, `note` a few words at its end."""

    def advance(self, count: int = 1) -> None:
        """Count more pieces of work as done."""

    def note(self, text: str) -> None:
        """Replace the words at the end."""


class _Live:
    """A bar that is drawn anew."""

    def __init__(self, progress: Progress, name: str, total: int, done: int) -> None:
        self._progress = progress
        self._task = progress.add_task(f"{name:<12}", total=total, completed=done, note="")

    def advance(self, count: int = 1) -> None:
        self._progress.advance(self._task, count)

    def note(self, text: str) -> None:
        self._progress.update(self._task, note=text)


class _Lines:
    """A line each SECONDS_BETWEEN_LINES."""

    def __init__(self, name: str, total: int, done: int) -> None:
        self._name = name
        self._total = total
        self._done = self._begun_with = done
        self._note = ""
        self._started = self._spoke = time.monotonic()
        self._said: int | None = None

    def advance(self, count: int = 1) -> None:
        self._done += count
        if time.monotonic() - self._spoke >= SECONDS_BETWEEN_LINES:
            self._say()

    def note(self, text: str) -> None:
        self._note = text

    def end(self) -> None:
        """Say where the work has ended, unless that was the last line."""
        if self._done != self._said:
            self._say()

    def _say(self) -> None:
        self._spoke, self._said = time.monotonic(), self._done
        spent, made = self._spoke - self._started, self._done - self._begun_with
        left = _clock(spent * (self._total - self._done) / made) if made else "?"
        # Not by rich, which breaks lines at the width of a terminal that is not there.
        line = f"{self._name:<12} {self._done}/{self._total}  {_clock(spent)}  left {left}  {self._note}"
        print(line.rstrip(), file=console.file, flush=True)


@contextmanager
def bar(name: str, total: int, *, done: int = 0, quiet: bool = False) -> Iterator[Bar]:
    """Progress of `total` pieces of work, `done` of which are done already; nothing is shown if `quiet`."""
    hidden = quiet or not processes.is_main()
    if hidden or console.is_terminal:
        columns = (
            TextColumn("{task.description}", style="bold"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
        )
        with Progress(*columns, console=console, disable=hidden) as progress:
            yield _Live(progress, name, total, done)
        return
    lines = _Lines(name, total, done)
    try:
        yield lines
    finally:
        lines.end()


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))
