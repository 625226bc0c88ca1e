"""VOXPLOER's denoiser: a residual MLP over flat latents (appendix B.1)."""

from math import prod
from typing import Literal

import torch
from torch import Tensor, nn

from zoo import Condition, Denoiser, Level, register_to_config


class ResidualMLP(Denoiser):
    """`depth` layers x <- x + ReLU(linear(x, t)) of `width` units between two linear maps, t = time in [0, 1].

    The paper gives 16 layers of width 512 with residual links; that each of the depth + 2 maps reads the time as one
    more input follows the authors' released code. `prediction` is what it learns to return; theirs returns the noise.

    `conditions` names the properties it can be conditioned on, which is ours: each adds two numbers to the time, its
    value (0 where not given) and whether it was given. Without any, the network is exactly the published one.
    """

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        depth: int = 16,
        width: int = 512,
        prediction: Literal["noise", "clean", "velocity"] = "noise",
        conditions: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.prediction = prediction
        self.conditions = tuple(conditions)
        size, context = prod(latent_shape), 1 + 2 * len(conditions)
        self.enter = nn.Linear(size + context, width)
        self.layers = nn.ModuleList(nn.Linear(width + context, width) for _ in range(depth))
        self.leave = nn.Linear(width + context, size)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        """Noisy latents `[B, *Z]` -> its prediction `[B, *Z]`."""
        context = self._context(level, condition)

        def with_context(values: Tensor) -> Tensor:
            return torch.cat([values, context.to(values.dtype)], dim=1)

        hidden = self.enter(with_context(noisy.flatten(1)))
        for layer in self.layers:
            hidden = hidden + layer(with_context(hidden)).relu()
        prediction: Tensor = self.leave(with_context(hidden)).view_as(noisy)
        return prediction

    def _context(self, level: Level, condition: Condition) -> Tensor:
        """What every layer is told, `[B, 1 + 2 * conditions]`: time, then value and flag of each condition."""
        columns = [level.time]
        for name in self.conditions:
            value = condition[name]
            columns += [value.nan_to_num(0.0), (~value.isnan()).to(value.dtype)]
        return torch.stack(columns, dim=1)
