"""Guidance of cells to fit beside others: equation 14 of Yang et al. (2024)."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from zoo import ZooError, require_cubes
from zoo_mechanics.components.bulk_to_bound import BulkToBound
from zoo_mechanics.densities import read_densities

_TINY = 1e-12
"""Addition that gives the distance a slope where it is 0."""


class BoundaryMatch(BulkToBound):
    """How far the faces of cells are from those of given ones, and what their bulk modulus lacks of the bound.

    `weights` says how much each cell in the file `cells` counts, in their order (for a sequence: the one before, the
    first, the last), `bulk` how much the lack does; the paper takes 3, and has a regressor say what is solved here. The
    distance is the paper's, the Euclidean one between the faces x = 0, but of all three faces, over sqrt(3): for its
    cubic cells that is the same. `steepness` sharpens densities as in the other objectives, the solid has E = 1 and the
    Poisson's ratio `poisson`, `tolerance` is the solver's. ZooError if the file holds other than as many cells as there
    are weights, or if a number is out of range.
    """

    def __init__(
        self,
        cells: str,
        weights: list[float] | None = None,
        bulk: float = 3.0,
        poisson: float = 0.3,
        tolerance: float = 1e-5,
        steepness: float = 0.0,
    ) -> None:
        super().__init__(poisson, tolerance, steepness)
        densities = read_densities(Path(cells))
        require_cubes(densities, "boundary-match")
        self.cells = torch.from_numpy(densities.structures)
        self.weights = [1.0] * len(self.cells) if weights is None else weights
        self.bulk = bulk
        if len(self.weights) != len(self.cells):
            raise ZooError(f"boundary-match: {len(self.weights)} weights for the {len(self.cells)} cells of {cells}")
        if not all(0 <= weight < float("inf") for weight in [*self.weights, bulk]):
            raise ZooError("boundary-match: weights and bulk must be finite and not negative")

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft cells `[B, X, Y, Z]`; `target` is not looked at."""
        if structures.shape[1:] != self.cells.shape[1:]:
            shapes = " and ".join(" x ".join(map(str, shape)) for shape in (structures.shape[1:], self.cells.shape[1:]))
            raise ZooError(f"boundary-match: cells of different shapes do not match: {shapes}")
        faces = _faces(self.project(structures))
        total = self.bulk * super().energy(structures, target) if self.bulk else faces.new_zeros(len(faces))
        for weight, other in zip(self.weights, _faces(self.cells.to(faces)), strict=True):
            total = total + weight * ((faces - other).square().sum(1) / 3 + _TINY).sqrt()
        return total


def _faces(cells: Tensor) -> Tensor:
    """The faces x = 0, y = 0 and z = 0 of cells, `[B, voxels]`."""
    return torch.cat([cells.select(axis, 0).flatten(1) for axis in (1, 2, 3)], 1)
