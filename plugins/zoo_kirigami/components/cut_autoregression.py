"""A generator that knows which cuts cross: cut by cut, a learned density over exactly the angles that are free."""

import math
from collections.abc import Generator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from zoo import Condition, Conditions, Data, Model, Noise, Player, Structure, Table, Training
from zoo_kirigami.cuts.arcs import Gaps, free_gaps, neighbours
from zoo_kirigami.cuts.geometry import CUT_LENGTH, base_angles, checked_length
from zoo_kirigami.cuts.rows import Conditional, Filled, earlier, fill
from zoo_kirigami.cuts.symmetries import symmetries
from zoo_kirigami.networks.conditional import ConditionalMLP
from zoo_kirigami.networks.layers import even_side

DROPOUT = 0.1
"""How many training cells are shown without their conditions."""


class CutAutoregression(Model):
    """p(cell) is the product over cuts, row by row, of densities given the cuts before.

    Each is piecewise constant over `bins` bins of the range, restricted to what the neighbours so far leave free
    (`cuts.arcs`) and normalised there. So no cell ever crosses, the likelihood is exact, and what is left to
    learn is how much room a direction leaves to the cuts that come later. Training maximises the likelihood of the
    training cells, each in a random one of the lattice's symmetric copies, which the law of the data does not change
    under.

    The network has `depth` layers of `width` units. Cuts are `cut_length` units of the lattice long. `conditions` names
    properties of the data, numbers that mirror images share; one training cell in ten is shown without them, so that
    they may be left out. A quarter turn swaps x and y, so only those copies that keep the axes are trained on then.
    """

    trains = ("likelihood",)

    def __init__(
        self,
        structure: Structure,
        width: int = 256,
        depth: int = 3,
        bins: int = 60,
        cut_length: float = CUT_LENGTH,
        conditions: list[str] | None = None,
    ) -> None:
        super().__init__()
        n = even_side(structure)
        self.max_rotation = -structure.low
        self.cut_length = checked_length(cut_length)
        self.conditions = tuple(conditions or ())
        self.network = ConditionalMLP(n, width, depth, bins, len(self.conditions))
        self.conditioning = Conditions(self, self.conditions, "spread")
        self.register_buffer("base", torch.from_numpy(base_angles(n)), persistent=False)
        self.register_buffer("earlier", earlier(n), persistent=False)
        self.base: Tensor
        self.earlier: Tensor

    def stages(self, data: Data) -> Generator[Training, Table | None, None]:
        self.conditioning.fit(data)
        roles = ("width", "depth", "bins", "cut_length", "conditions")
        yield Training("likelihood", [Player("network", Likelihood(self))], data.train, data.held_out, roles)

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        return self.fill(noise.uniform(*self.base.shape), self.told(condition, len(noise))).angles.float()

    def fill(self, lots: Tensor, told: Tensor | None = None) -> Filled:
        """Cells and the logarithm of their density, for lots `[B, n, n]` in [0, 1), given what `told` returns."""
        told = self.told({}, len(lots)) if told is None else told

        def weigh(angles: Tensor, number: int) -> Tensor:
            cut = torch.tensor([number], device=angles.device)
            weights: Tensor = self.network(angles.flatten(1).unsqueeze(1), cut, told)
            return weights.squeeze(1)

        return fill(lots, self.max_rotation, weigh, self.cut_length)

    def log_density(self, angles: Tensor, told: Tensor | None = None) -> Tensor:
        """The logarithm of the density `[B]`, per degree of each cut, of cells `[B, n, n]` that do not cross."""
        told = self.told({}, len(angles)) if told is None else told
        cuts = torch.arange(self.base.numel(), device=angles.device)
        hidden = cuts >= cuts.unsqueeze(-1)
        shown = angles.flatten(1).unsqueeze(1).masked_fill(hidden, torch.nan)
        weights = self.network(shown, cuts, told).view(*angles.shape, -1)
        around = neighbours(angles).masked_fill(~self.earlier, torch.nan)
        gaps = free_gaps(around, self.base, self.max_rotation, self.cut_length)
        gaps = Gaps(gaps.low.to(weights.dtype), gaps.length.to(weights.dtype))
        rotation = angles - self.base
        return Conditional(gaps, weights, self.max_rotation).log_density(rotation).flatten(1).sum(1)

    def told(self, condition: Condition, count: int) -> Tensor:
        """Values `[count]` of conditions, by name and in the data's units, as the network wants them: `[count, k]`, in
        spreads from the mean, NaN for what is not given."""
        return self._columns(self.conditioning.scaled(condition, count), count)

    def dropped(self, condition: Condition, noise: Noise) -> Tensor:
        """`told`, with all conditions hidden from some samples."""
        scaled = self.conditioning.scaled(condition, len(noise))
        return self._columns(self.conditioning.drop(scaled, noise, (self.conditions, DROPOUT)), len(noise))

    def _columns(self, scaled: Condition, count: int) -> Tensor:
        nothing = torch.empty(count, 0, device=self.base.device)
        return torch.stack([value.float() for value in scaled.values()], 1) if scaled else nothing


class Likelihood(nn.Module):
    """The player: minus the log-likelihood of a cell's rotations as shares of their range, in nats a cell. Cells whose
    cuts are even and independent score 0."""

    def __init__(self, model: CutAutoregression) -> None:
        super().__init__()
        self.network = model.network
        self._model = [model]  # In a list: it is not a submodule, for the network is all there is to learn.
        every = symmetries(len(model.base), any_direction=model.max_rotation == 90)
        kept = ~every.turned if model.conditions else np.ones(len(every.turned), bool)
        self._symmetries = [part[kept] for part in every]

    def forward(self, batch: Mapping[str, Any], noise: Noise) -> dict[str, Tensor]:
        model = self._model[0]
        angles = self._copied(batch["structure"], noise)
        uniform = angles[0].numel() * math.log(2 * model.max_rotation)
        told = model.dropped(batch["properties"], noise) if model.conditions else None
        return {"nats": -model.log_density(angles, told).mean() - uniform}

    def _copied(self, angles: Tensor, noise: Noise) -> Tensor:
        """Each cell `[B, n, n]` in a random one of its symmetric copies."""
        base = self._model[0].base
        which = noise.integers(len(self._symmetries[0]))
        source, mirrored, turned = (torch.from_numpy(part).to(which.device)[which] for part in self._symmetries)
        moved = angles.flatten(1).gather(1, source.flatten(1)).view_as(angles)
        sign, turn = 1 - 2 * mirrored.double(), 90 * turned.double()
        rotation = sign.view(-1, 1, 1) * moved + turn.view(-1, 1, 1) - base
        return base + rotation - 180 * (rotation / 180).round()
