"""Mechanics: the effective stiffness of voxel cells, what follows from it, and what bounds it."""

from collections.abc import Iterable

from zoo import Command, hookimpl


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """`zoo mechanics`."""
    return [Command("mechanics", "zoo_mechanics.command:mechanics", "What cells are worth: effective moduli, bounds.")]
