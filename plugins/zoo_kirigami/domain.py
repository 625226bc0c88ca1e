"""The domain of cut patterns."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zoo import Domain, Figure, Structure, ZooError
from zoo_kirigami.drawing import gallery_svg
from zoo_kirigami.geometry import base_angles, crossings, wrap_angles
from zoo_kirigami.pairs import pair_histogram

GALLERY = 24


class CutPattern(Domain):
    """Angles [n, n] in degrees from the vertical, each within `max_rotation` of the alternating base pattern.

    Base 0 cuts lie in [-max_rotation, max_rotation], base 90 cuts in [90 - max_rotation, 90 + max_rotation].
    ZooError unless `max_rotation` is in (0, 90] and n is even.
    """

    evaluators: ClassVar[Mapping[str, Mapping[str, Any]]] = {"crossings": {"use": "cut-crossings"}}

    def __init__(self, max_rotation: float = 60.0, n: int = 6) -> None:
        if not 0 < max_rotation <= 90:
            raise ZooError(f"cut-pattern: max_rotation {max_rotation} is not in (0, 90] degrees")
        base_angles(n)
        self.max_rotation = float(max_rotation)
        self.structure = Structure((n, n), -self.max_rotation, 90 + self.max_rotation)

    def harden(self, soft: Tensor) -> Tensor:
        """The nearest patterns in range, see `wrap_angles`.

        The paper counts the crossings of raw angles (its DDPM strays to 25 degrees where 20 are allowed). We clip,
        since a cut beyond the range is no structure of the domain.
        """
        angles = soft.detach().float().cpu().numpy()
        return torch.from_numpy(wrap_angles(angles, self.max_rotation)).to(soft.device)

    def figures(self, structures: np.ndarray) -> Sequence[Figure]:
        """A gallery, and the histogram of figures 6 and 8."""
        shown = structures[:GALLERY]
        crossing = int((crossings(shown) > 0).sum())
        gallery = f"The first {len(shown)} cells; {crossing} of them have cuts that cross, in orange."
        pairs = (
            "Rotations of a cut that is vertical in the base pattern (downwards) and of its bottom neighbour (to the "
            f"right), from -{self.max_rotation:g} to {self.max_rotation:g} degrees; the darker, the more frequent."
        )
        return [
            Figure("gallery", gallery, "image/svg+xml", gallery_svg(shown).encode()),
            Figure("neighbours", pairs, "image/png", _heat_map(pair_histogram(structures, self.max_rotation))),
        ]


def _heat_map(counts: np.ndarray) -> bytes:
    """A PNG about 300 pixels wide, white for 0, dark for the largest count."""
    grey = np.uint8(255 - 215 * counts / max(counts.max(), 1))
    scale = max(1, 300 // len(counts))
    file = io.BytesIO()
    Image.fromarray(np.kron(grey, np.ones((scale, scale), np.uint8))).save(file, "PNG", optimize=True)
    return file.getvalue()
