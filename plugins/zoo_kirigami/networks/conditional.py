"""The network of the autoregressive generator: how likely a cut's directions are, given those before it."""

from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from zoo_kirigami.cuts.geometry import base_angles

REACH = 2
"""How far a cut sees, in rows and columns: its neighbours, and the neighbours of those that are still to come."""

FEATURES = 5
"""Features of a cut that is seen: whether it is there, and cosine and sine of twice and four times its angle."""


class ConditionalMLP(nn.Module):
    """Angles of cells `[n, n]`, NaN where no cut is yet -> logarithms of a density over `bins` equal bins of the range.

    They are not normalised. One network of `depth` layers of `width` serves every cut. It sees the 24 cuts (fewer in
    small cells) within two rows and columns as if the cut stood in the middle and were vertical in the base pattern:
    around one that is horizontal, the sheet is given a quarter turn, which is a symmetry of the lattice. Properties of
    the cell need not have that symmetry: with `conditions`, their number, the network is told their values and whether
    it sees the sheet turned.
    """

    def __init__(self, n: int, width: int, depth: int, bins: int, conditions: int = 0) -> None:
        super().__init__()
        source, sign = _seen(n)
        self.register_buffer("source", torch.from_numpy(source), persistent=False)
        self.register_buffer("sign", torch.from_numpy(sign), persistent=False)
        self.source: Tensor
        self.sign: Tensor
        condition_size = 2 * conditions + 1 if conditions else 0
        sizes = [FEATURES * source.shape[1] + condition_size, *[width] * depth]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(sizes):
            layers += [nn.Linear(inputs, outputs), nn.SiLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(width, bins))

    def forward(self, angles: Tensor, cuts: Tensor, condition: Tensor | None = None) -> Tensor:
        """`[B, k, bins]` for the cuts with the numbers `cuts` `[k]`, of what each may see: angles `[B, k, n n]` or
        `[B, 1, n n]` in degrees, NaN for what is hidden; and of the condition `[B, conditions]`, NaN for what is not
        given."""
        source = self.source[cuts].expand(len(angles), -1, -1)
        seen = angles.expand(-1, len(cuts), -1).gather(2, source).float()
        there = ~seen.isnan()
        doubled = torch.deg2rad(2 * seen.nan_to_num())
        sign = self.sign[cuts].unsqueeze(-1)
        parts = [doubled.cos() * sign, doubled.sin() * sign, (2 * doubled).cos(), (2 * doubled).sin()]
        features = torch.stack([there.float(), *(part * there for part in parts)], -1)
        seen_all = features.flatten(2)
        if condition is not None and condition.shape[1]:
            given = ~condition.isnan()
            condition_features = torch.cat([condition.nan_to_num().float(), given.float()], 1)
            condition_features = condition_features[:, None].expand(-1, len(cuts), -1)
            turned = self.sign[cuts].view(1, -1, 1).expand(len(angles), -1, -1)
            seen_all = torch.cat([seen_all, condition_features, turned], 2)
        logits: Tensor = self.layers(seen_all)
        return logits


def _seen(n: int) -> tuple[np.ndarray, np.ndarray]:
    """For each cut, the numbers of those that it sees `[n n, m]`, and the sign of their doubled angles' vectors `[n
    n]`."""
    near = [d for d in range(n) if min(d, n - d) <= REACH]
    offsets = np.array([(down, right) for down in near for right in near if (down, right) != (0, 0)])
    horizontal = base_angles(n).ravel() == 90
    row, column = np.divmod(np.arange(n * n), n)
    turned = np.stack([offsets[:, 1], -offsets[:, 0]], 1)
    steps = np.where(horizontal[:, None, None], turned, offsets)
    source = (row[:, None] + steps[..., 0]) % n * n + (column[:, None] + steps[..., 1]) % n
    return source, np.where(horizontal, -1.0, 1.0).astype(np.float32)
