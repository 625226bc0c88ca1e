"""Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from zoo import processes


@contextmanager
def stoppable() -> Iterator[None]:
    """Ends a block that Ctrl-C stops with one message and exit code 130."""
    try:
        yield
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not processes.is_main():
            processes.let_others_speak()
        say_stopped()
        raise typer.Exit(130) from None


def say_stopped() -> None:
    """Say how to go on."""
    typer.echo("Stopped. What was finished is kept; the same command goes on from here.", err=True)
