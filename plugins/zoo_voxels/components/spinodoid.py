"""Spinodoids as data."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo import Card, Chunk, Dataset, ZooError
from zoo_voxels.generation.spinodoids import ANGLES, VOLUME_FRACTION, candidates

VOXELS_A_WAVE = 8
MIN_RESOLUTION = 8


class Spinodoids(Dataset):
    """`count` spinodoids of `resolution`^3 voxels (see `spinodoids`), with `volume_fraction` and the half-angles
    `cone_angles` of the cones about x, y and z as properties.

    `waves` is how many waves go along an edge, fewer on grids so coarse that a wave would have less than 8 voxels.
    ZooError if `resolution` is below 8, `count` below 1, `seed` negative, or `waves` below 1.
    """

    def __init__(self, resolution: int = 48, count: int = 10_000, waves: float = 5.0, seed: int = 0) -> None:
        arguments = (
            ("resolution", resolution, MIN_RESOLUTION),
            ("count", count, 1),
            ("waves", waves, 1),
            ("seed", seed, 0),
        )
        problems = [
            f"spinodoid: {name} {value:g} is less than {least}" for name, value, least in arguments if value < least
        ]
        if problems:
            raise ZooError(*problems)
        self.resolution = resolution
        self.count = count
        self.waves = min(waves, resolution / VOXELS_A_WAVE)
        self.seed = seed

    def domain(self) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def card(self) -> Card:
        fractions, angles = VOLUME_FRACTION, ANGLES
        return Card(
            title="Spinodoids, zoo edition",
            description=(
                f"{self.count:,} periodic porous cells of {self.resolution}^3 voxels: Gaussian random fields of waves, "
                f"{self.waves:g} along an edge, in one, two or three cones about the axes with half-angles from "
                f"{angles[0]:g} to {angles[1]:g} degrees, cut at volume fractions from {fractions[0]:g} to "
                f"{fractions[1]:g}. Each is one piece that percolates along all three axes; seed {self.seed}. The "
                "published spinodoids are not periodic; these are."
            ),
            edition="zoo",
            licence="CC0-1.0",
            citation=(
                "After S. Kumar, S. Tan, L. Zheng and D. M. Kochmann, Inverse-designed spinodoid metamaterials, npj "
                "Computational Materials 6, 73, 2020"
            ),
            units={"volume_fraction": "", "cone_angles": "degrees"},
            kinds={"cone_angles": "axes"},
        )

    def make(self, items: range) -> Chunk:
        drawn = [next(candidates(item, self.resolution, self.waves, self.seed)) for item in items]
        cells = np.stack([cell for cell, _ in drawn])
        angles = np.stack([angles for _, angles in drawn])
        return Chunk(cells, {"volume_fraction": cells.mean((1, 2, 3)), "cone_angles": angles})
