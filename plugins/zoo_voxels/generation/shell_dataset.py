"""What the datasets of shell cells have in common."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo import Card, Chunk, Dataset, ZooError
from zoo_voxels.generation.shells import MIN_RESOLUTION, Unequal


class ShellDataset(Dataset):
    """`count` shell cells of `resolution`^3 voxels with their `volume_fraction` as property; all follow from `seed`.

    ZooError if `resolution` is below 8, `count` below 1 or `seed` negative.
    """

    name: str

    def __init__(self, resolution: int = 48, count: int = 10_000, seed: int = 0) -> None:
        least = {"resolution": MIN_RESOLUTION, "count": 1, "seed": 0}
        for argument, value in (("resolution", resolution), ("count", count), ("seed", seed)):
            if value < least[argument]:
                raise ZooError(f"{self.name}: {argument} {value} is less than {least[argument]}")
        self.resolution = resolution
        self.count = count
        self.seed = seed

    @abstractmethod
    def cells(self, item: int) -> Iterator[NDArray[np.bool_]]:
        """The endless stream of candidates `[d, d, d]` for one place."""

    def described(self, title: str, description: str) -> Card:
        """The card, of which title and description are the set's own."""
        return Card(
            title=title,
            description=description,
            edition="zoo",
            licence="CC0-1.0",
            citation=(
                "Fields after Y. Yang et al., Guided diffusion for the fast inverse design of density-based mechanical "
                "metamaterials, arXiv:2401.13570, 2024"
            ),
            units={"volume_fraction": ""},
        )

    def domain(self) -> Mapping[str, Any]:
        return {"use": "voxels", "resolution": self.resolution}

    def make(self, items: range) -> Chunk:
        return _chunk(np.stack([next(self.cells(item)) for item in items]))

    def settle(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """Each cell that equals an earlier one in some rotation is replaced by the next candidate for its place."""
        unequal = Unequal(self.cells)
        for chunk in chunks:
            yield _chunk(np.stack([unequal.admit(cell) for cell in chunk.structures]))


def _chunk(cells: np.ndarray) -> Chunk:
    return Chunk(cells, {"volume_fraction": cells.mean((1, 2, 3))})
