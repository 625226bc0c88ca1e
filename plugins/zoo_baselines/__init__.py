"""The baselines that VOXPLOER is compared with: Guided Diffusion, 3D-CDM, DiT-3D, TRELLIS and XCube."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The parts that these models add to the core's."""
    return []
