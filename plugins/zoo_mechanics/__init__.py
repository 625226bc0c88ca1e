"""Mechanics: the effective stiffness of voxel cells, what follows from it, and what bounds it."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """Nothing yet."""
    return []
