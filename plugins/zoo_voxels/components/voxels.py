"""The domain of voxel cells."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from zoo import Domain, Figure, Kind, Split, Structure, ZooError, turn_property
from zoo_voxels.likeness.rotations import MATRICES, ROTATIONS, rotate
from zoo_voxels.measures.refinement import REFINEMENTS
from zoo_voxels.rendering.comparison import comparison
from zoo_voxels.rendering.images import gallery

GALLERY = 24


class Voxels(Domain):
    """Cubic unit cells `[d, d, d]`, axes x, y, z: 1 where solid, 0 where void; soft cells hold densities from 0 to 1.

    Its orientations are the six rotations of the benchmark. ZooError unless `resolution` (d) is at least 2.
    """

    binary: ClassVar[bool] = True
    orientations: ClassVar[int] = len(ROTATIONS)
    refinements: ClassVar[tuple[str, ...]] = tuple(REFINEMENTS)
    evaluators: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "paper": {"use": "voxel-scores", "protocol": "paper"},
        "released": {"use": "voxel-scores", "protocol": "released"},
        "new": {"use": "valid-unique-novel"},
        "distribution": {"use": "voxel-distribution"},
    }

    def __init__(self, resolution: int = 48) -> None:
        if resolution < 2:
            raise ZooError(f"voxels: resolution {resolution} is less than 2")
        self.structure = Structure((resolution,) * 3, 0.0, 1.0)
        self.negatives = {"use": "block-replacement"}

    @classmethod
    def arguments_for(cls, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """The resolution."""
        return {"resolution": shape[-1]}

    def harden(self, soft: Tensor) -> Tensor:
        """Solid above the middle of each cell's own range of densities, as in the VOXPLOER authors' release; the paper
        names no threshold. A constant cell has no such middle: it is full above density 1/2, else empty, so that hard
        cells stay what they are. (The release makes nothing of full cells; its protocol of scores counts them so.)"""
        flat = soft.detach().float().flatten(1)
        low, high = flat.amin(1, keepdim=True), flat.amax(1, keepdim=True)
        return torch.where(low < high, flat - low > high - flat, flat > 0.5).float().view_as(soft)

    def refine(self, structures: np.ndarray, refinement: str) -> np.ndarray:
        """Each cell after one of `refinement.REFINEMENTS`."""
        refined = [REFINEMENTS[refinement](cell) for cell in structures.astype(bool)]
        return np.stack(refined).astype(structures.dtype)

    def orient(self, structures: Tensor, orientation: Tensor) -> Tensor:
        """Each cell turned by its rotation of `rotations.ROTATIONS`."""
        oriented = structures.clone()
        for rotation in range(1, len(ROTATIONS)):
            chosen = orientation == rotation
            oriented[chosen] = rotate(structures[chosen], rotation)
        return oriented

    def orient_property(self, values: Tensor, kind: Kind, orientation: Tensor) -> Tensor:
        """Values turned by the rotation."""
        return turn_property(values, kind, torch.from_numpy(MATRICES)[orientation.cpu()])

    def unfit(self, structure: np.ndarray) -> str:
        """That it is all void or all solid."""
        if structure.all():
            return "it is full."
        return "" if structure.any() else "it is empty."

    def figures(self, structures: np.ndarray) -> Sequence[Figure]:
        """A gallery."""
        shown = structures[:GALLERY].astype(bool)
        caption = f"The first {len(shown)} cells. Blue: walls; sand: where the faces of the cell cut through solid."
        return [Figure("gallery", caption, "image/png", gallery(shown, columns=6, pixels=200))]

    def compare(self, structures: np.ndarray, train: Split) -> Sequence[Figure]:
        """Cells to turn, and a picture of them, each beside its nearest training cell."""
        return comparison(structures.astype(bool), train)

    def own_properties(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """The `volume_fraction`."""
        return {"volume_fraction": structures.reshape(len(structures), -1).mean(1)}

    def describe(self, structures: np.ndarray) -> Mapping[str, np.ndarray]:
        """The share of solid."""
        return {"solid fraction": structures.reshape(len(structures), -1).mean(1)}
