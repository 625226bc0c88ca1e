"""Voxel cells as periodic signed distances, a few of whose Fourier modes are kept, and the flow over them."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The parts that these models add to the core's."""
    return []
