"""Stopping a command with Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from zoo.system import processes

GO_ON = "Stopped. What was finished is kept; the same command goes on from here."
NOTHING_WRITTEN = "Stopped; nothing is written."


@contextmanager
def stoppable(message: str = GO_ON) -> Iterator[None]:
    """Ends a block that Ctrl-C stops with one message and exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not processes.is_main():
            processes.let_others_speak()
        typer.echo(message, err=True)
        raise typer.Exit(130) from None


def say_stopped() -> None:
    """Say how to go on."""
    typer.echo(GO_ON, err=True)
