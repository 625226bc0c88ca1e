"""The domain of laminates."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from zoo import Domain, Figure, Structure, ZooError

GALLERY = 24
WIDTH, HEIGHT, GAP = 20, 4, 6


class Laminate(Domain):
    """Stacks `[layers]`, bottom first and repeated for ever: 1 where a layer is stiff, 0 where it is soft.

    Their orientations are as they are and upside down. ZooError unless there are at least 2 layers.
    """

    binary = True
    orientations = 2

    def __init__(self, layers: int = 16) -> None:
        if layers < 2:
            raise ZooError(f"laminate: {layers} layers are not a stack")
        self.structure = Structure((layers,), 0.0, 1.0)

    def harden(self, soft: Tensor) -> Tensor:
        """Stiff above one half."""
        return (soft.detach() > 0.5).float()

    def orient(self, structures: Tensor, orientation: Tensor) -> Tensor:
        """Orientation 1 is upside down."""
        return structures.flip(1).where(orientation.view(-1, 1) == 1, structures)

    def figures(self, structures: np.ndarray) -> Sequence[Figure]:
        """A gallery."""
        shown = structures[:GALLERY]
        layers = "".join(
            f'<rect x="{stack * (WIDTH + GAP)}" y="{HEIGHT * (len(values) - 1 - layer)}" '
            f'width="{WIDTH}" height="{HEIGHT}" fill="{"#4c8bf5" if value else "#dee2e6"}"/>'
            for stack, values in enumerate(shown)
            for layer, value in enumerate(values)
        )
        size = f'width="{len(shown) * (WIDTH + GAP)}" height="{HEIGHT * shown.shape[1]}"'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{layers}</svg>'
        caption = f"The first {len(shown)} stacks; stiff layers are blue."
        return [Figure("gallery", caption, "image/svg+xml", svg.encode())]
