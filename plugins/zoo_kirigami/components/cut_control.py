"""Controls that learn nothing. They stand beside every generator, as rows of the same kind."""

from collections.abc import Generator, Mapping
from typing import Literal

import torch
from torch import Tensor

from zoo import Condition, Data, Model, Noise, Structure, Table, Tabulation
from zoo_kirigami.cuts.exact import gibbs, repair
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length
from zoo_kirigami.cuts.rows import fill
from zoo_kirigami.networks.layers import even_side

Law = Literal["uniform", "marginals", "copies", "repair", "mask", "gibbs"]
SWEEPS = 20
"""The cells' correlation with those of five sweeps before is below 0.04."""


class CutControl(Model):
    """Cells by a law that needs no training.

    - `uniform`: every cut evenly within its range.
    - `marginals`: every cut from its own place in a training cell of its own: the dashed line of figure 7.
    - `copies`: training cells.
    - `repair`: uniform cells, whose crossing cuts are drawn anew until none crosses.
    - `mask`: cut by cut, each evenly from what those before it leave free.
    - `gibbs`: 20 exact replacements of every cut of the base pattern: the law of the data itself.

    The last three never cross, at a fraction of any generator's cost: that alone is no merit of a generator. Cuts are
    `cut_length` units of the lattice long.
    ZooError unless structures are squares of even side.
    """

    trains = ()
    trivial = True

    def __init__(self, structure: Structure, law: Law = "gibbs", cut_length: float = CUT_LENGTH) -> None:
        super().__init__()
        self.max_rotation = -structure.low
        self.law: Law = law
        self.cut_length = checked_length(cut_length)
        self.register_buffer("base", torch.from_numpy(base_angles(even_side(structure))), persistent=False)
        self.base: Tensor
        self._cells = torch.empty(0, *structure.shape)

    def stages(self, data: Data) -> Generator[Tabulation, Table | None, None]:
        if self._from_data:
            table = yield Tabulation("cells", lambda batch: {"cells": batch["structure"]}, data.train, ())
            assert table is not None
            self.set_tables({"cells": table.columns["cells"]})

    def tables(self) -> dict[str, Tensor]:
        return {"cells": self._cells} if self._from_data else {}

    def set_tables(self, tables: Mapping[str, Tensor]) -> None:
        if self._from_data:
            self._cells = tables["cells"].to(self.base.device)

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        cells: Tensor = getattr(self, f"_{self.law}")(noise)
        return cells.float()

    def _uniform(self, noise: Noise) -> Tensor:
        return self.base + self.max_rotation * (2 * noise.uniform(*self.base.shape) - 1)

    def _marginals(self, noise: Noise) -> Tensor:
        return self._from_table(noise.integers(len(self._cells), *self.base.shape))

    def _copies(self, noise: Noise) -> Tensor:
        return self._from_table(noise.integers(len(self._cells), 1, 1))

    def _repair(self, noise: Noise) -> Tensor:
        return repair(self._uniform(noise), noise, self.max_rotation, self.cut_length)

    def _mask(self, noise: Noise) -> Tensor:
        return fill(noise.uniform(*self.base.shape), self.max_rotation, cut_length=self.cut_length).angles

    def _gibbs(self, noise: Noise) -> Tensor:
        return gibbs(noise, len(self.base), self.max_rotation, SWEEPS, self.cut_length)

    @property
    def _from_data(self) -> bool:
        return self.law in ("marginals", "copies")

    def _from_table(self, rows: Tensor) -> Tensor:
        """Each cut `[B, n, n]` from the cell of its own row in the table."""
        n = len(self.base)
        i, j = torch.arange(n, device=rows.device).unsqueeze(1), torch.arange(n, device=rows.device)
        return self._cells[rows, i, j]
