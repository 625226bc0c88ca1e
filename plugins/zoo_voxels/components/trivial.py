"""Trivial generators, for comparison: what a score says of them, it does not say in favour of a model."""

import itertools
from collections.abc import Generator, Mapping
from typing import ClassVar, Literal

import numpy as np
import torch
from torch import Tensor

from zoo import Condition, Data, Model, Noise, Structure, Table, Tabulation, Training, ZooError
from zoo_voxels.likeness.likest import unpacked

Row = Literal[
    "training",
    "held-out",
    "copies",
    "shifted",
    "mirrored",
    "thicker",
    "thinner",
    "supercell",
    "union",
    "halves",
    "smeared",
    "warped",
    "solid",
    "noise",
]
FEW = 10
WARP = 1 / 16
"""Spread of the deformation, as a share of the cell's edge."""
AXES = (1, 2, 3)


class Trivial(Model):
    """Cells made without learning. `row` says which:

    - `training`: cells of the dataset, each once until all have been taken;
    - `held-out`: cells that no model has seen, each once: ZooError for more than there are, since repeats would pass
      for a want of diversity;
    - `copies`: ten training cells over and over;
    - `shifted`: training cells moved by random periodic shifts, the same materials;
    - `mirrored`: one octant of a training cell, mirrored into the other seven: the benchmark's quality is 1 for these
      wherever they hold together;
    - `thicker`, `thinner`: training cells with a layer of voxels added to their surface, or taken off it;
    - `supercell`: eight small copies of a training cell, every other voxel of each;
    - `union`: two training cells in one;
    - `halves`: half of a training cell beside the other half of another;
    - `smeared`: training cells together with themselves one voxel further along the first axis: thicker, but for walls
      along it;
    - `warped`: training cells, smoothly deformed: each voxel is taken from a place that random waves, the longest of
      the cell, have moved by a sixteenth of its edge in the root mean square;
    - `solid`: all solid;
    - `noise`: each voxel solid with chance 1/2.

    There is nothing to train. What it needs of the data, bits, is published with it.
    """

    revision = 2
    trains: tuple[str, ...] = ()
    trivial: ClassVar[bool] = True

    def __init__(self, structure: Structure, row: Row = "training") -> None:
        super().__init__()
        if len(structure.shape) != 3:
            raise ZooError(f"trivial: structures of shape {structure.shape} are not voxel cells")
        self.shape = structure.shape
        self.row = row
        bits = -(-int(np.prod(self.shape)) // 8)
        self.register_buffer("packed", torch.zeros((0, bits), dtype=torch.uint8), persistent=False)

    def stages(self, data: Data) -> Generator[Training | Tabulation, Table | None, None]:
        """None: it looks at the data, and keeps each cell it may need in one orientation."""
        if self.row == "held-out":
            self.packed = torch.from_numpy(np.array(data.held_out.packed()))
        elif self.row not in ("solid", "noise"):
            self.packed = torch.from_numpy(np.array(data.train.packed()[data.train.originals]))
        yield from ()

    def tables(self) -> dict[str, Tensor]:
        return {"packed": self.packed}

    def set_tables(self, tables: Mapping[str, Tensor]) -> None:
        self.packed = tables["packed"]

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        """Cells `[B, d, d, d]` of zeros and ones."""
        d = self.shape[0]
        if self.row == "noise":
            return (noise.uniform(*self.shape) < 0.5).float()
        if self.row == "solid":
            return torch.ones((len(noise), *self.shape), device=noise.device)
        cells = self._cells(noise)
        if self.row == "shifted":
            shifts = noise.integers(d, 3).tolist()
            return torch.stack([cell.roll(shift, (0, 1, 2)) for cell, shift in zip(cells, shifts, strict=True)])
        if self.row == "mirrored":
            places = torch.arange(d, device=noise.device)
            return _taken(cells, torch.minimum(places, d - 1 - places))
        if self.row == "supercell":
            return _taken(cells, 2 * torch.arange(d, device=noise.device) % d)
        if self.row == "thicker":
            return torch.stack(_steps(cells)).amax(0)
        if self.row == "thinner":
            return torch.stack(_steps(cells)).amin(0)
        if self.row == "warped":
            return _sampled(cells, _displacements(noise, d))
        if self.row == "smeared":
            return torch.maximum(cells, cells.roll(1, 1))
        if self.row in ("union", "halves"):
            others = self._of(noise.integers(len(self.packed)), noise)
            if self.row == "union":
                return torch.maximum(cells, others)
            return torch.cat([cells[:, : d // 2], others[:, d // 2 :]], 1)
        return cells

    def _cells(self, noise: Noise) -> Tensor:
        """A cell for each item: a random order of them all, the same for one seed, from its start again at its end."""
        if self.row == "held-out" and max(noise.items) >= len(self.packed):
            raise ZooError(f"trivial: {len(self.packed)} cells are held out, and more are wanted; see generate.count.")
        order = torch.randperm(len(self.packed), generator=torch.Generator().manual_seed(noise.seed))
        if self.row == "copies":
            order = order[:FEW]
        return self._of(order[torch.tensor(noise.items) % len(order)], noise)

    def _of(self, places: Tensor, noise: Noise) -> Tensor:
        rows = self.packed.cpu()[places.cpu()].numpy()
        return torch.from_numpy(unpacked(rows, self.shape)).to(noise.device).float()


def _displacements(noise: Noise, d: int) -> Tensor:
    """Smooth periodic fields of random displacements, in voxels, `[B, 3, d, d, d]`."""
    vectors = [wave for wave in itertools.product((-1, 0, 1), repeat=3) if wave > (0, 0, 0)]
    turn = 2 * torch.pi / d * torch.arange(d, device=noise.device)
    phases = torch.stack([x * turn[:, None, None] + y * turn[:, None] + z * turn for x, y, z in vectors])
    waves = torch.cat([phases.cos(), phases.sin()])
    fields = torch.einsum("bcw,wxyz->bcxyz", noise.normal(3, len(waves)), waves)
    spread = fields.square().sum(1).mean((1, 2, 3)).sqrt()
    return fields * (d * WARP / spread).view(-1, 1, 1, 1, 1)


def _sampled(cells: Tensor, moves: Tensor) -> Tensor:
    """Cells `[B, d, d, d]` at places moved by `[B, 3, d, d, d]` voxels, between voxels by linear interpolation."""
    d = cells.shape[1]
    places = torch.stack(torch.meshgrid(*[torch.arange(d, device=cells.device)] * 3, indexing="ij")) + moves
    low = places.floor()
    share = places - low
    items = torch.arange(len(cells), device=cells.device).view(-1, 1, 1, 1)
    sampled = torch.zeros_like(cells)
    for corner in itertools.product((0, 1), repeat=3):
        x, y, z = ((low[:, axis] + step).long() % d for axis, step in enumerate(corner))
        weight = torch.ones_like(cells)
        for axis, step in enumerate(corner):
            weight = weight * (share[:, axis] if step else 1 - share[:, axis])
        sampled += weight * cells[items, x, y, z]
    return sampled


def _taken(cells: Tensor, places: Tensor) -> Tensor:
    """Cells `[B, d, d, d]` at these places along every axis."""
    return cells[:, places][:, :, places][:, :, :, places]


def _steps(cells: Tensor) -> list[Tensor]:
    """Cells, and the same moved by one voxel in each of six directions."""
    return [cells, *(cells.roll(step, axis) for axis in AXES for step in (1, -1))]
