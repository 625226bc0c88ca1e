"""The paper's datasets: patterns without crossings, for a given largest rotation."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch

from zoo import Card, Chunk, Dataset, ZooError
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.components.slit_sheet_moduli import SlitSheetModuli
from zoo_kirigami.cuts.geometry import CUT_LENGTH, order
from zoo_kirigami.cuts.replacement import SWEEPS, replaced_cells


class Kirigami(Dataset):
    """`count` cells of n x n cuts without crossings, uniform within `max_rotation` degrees of the base pattern.

    The paper makes 20,000 cells for each of 20, 60 and 90 degrees and does not publish them; these follow its recipe.
    The property `order` is the mean over cuts of cos(2 b), b the rotation from the base: 1 for the base pattern itself,
    0 for cuts that have forgotten it. Cell i is the same for the same `seed`, whatever `count` is.
    `cut_length` is in units of the lattice; the paper's is the default. With `moduli`, what `slit-sheet-moduli` says of
    each cell is stored as well, at a tenth of a second or more a cell.
    """

    chunk_size: ClassVar[int] = 1000

    def __init__(
        self,
        max_rotation: float = 60.0,
        n: int = 6,
        count: int = 20_000,
        seed: int = 0,
        cut_length: float = CUT_LENGTH,
        moduli: bool = False,
    ) -> None:
        self._domain = CutPattern(max_rotation, n, cut_length)
        if seed < 0:
            raise ZooError(f"kirigami: seed {seed} must not be negative.")
        self.n = n
        self.count = count
        self.seed = seed
        self.moduli = moduli

    def domain(self) -> Mapping[str, Any]:
        return {"use": "cut-pattern", **self._arguments()}

    def card(self) -> Card:
        rotation = f"{self._domain.max_rotation:g}"
        return Card(
            title=f"Kirigami {rotation}",
            description=(
                f"{self.count:,} periodic cells of {self.n} x {self.n} straight cuts, none of which cross, each turned "
                f"by at most {rotation} degrees from an alternating base pattern. Made by the recipe of Felsch & "
                f"Slesarenko (2024): random replacement of every cut, {SWEEPS} times; seed {self.seed}. Their own "
                "cells are not public."
            ),
            edition="zoo",
            licence="CC0-1.0",
            citation=(
                "G. Felsch and V. Slesarenko, Generative models struggle with kirigami metamaterials, Scientific "
                "Reports 14, 2024, doi:10.1038/s41598-024-70364-z"
            ),
            units={"order": "", **(SlitSheetModuli.units if self.moduli else {})},
        )

    def make(self, items: range) -> Chunk:
        cells = replaced_cells(items, self.seed, **self._arguments())
        properties = {"order": order(cells)}
        if self.moduli:
            worth = SlitSheetModuli(cut_length=self._domain.cut_length)
            angles = torch.from_numpy(cells)
            properties |= {name: value.numpy() for name, value in worth.values(angles, torch.empty(0)).items()}
        return Chunk(cells, properties)

    def _arguments(self) -> dict[str, Any]:
        domain = self._domain
        return {"max_rotation": domain.max_rotation, "n": self.n, "cut_length": domain.cut_length}
