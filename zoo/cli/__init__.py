"""The command `zoo`: a thin file per command, which imports its work when it is called."""

from zoo.cli.app import main

__all__ = ["main"]
