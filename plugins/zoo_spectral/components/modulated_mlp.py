"""A residual MLP over flat latents whose layers are scaled, shifted and gated by the time."""

from math import prod
from typing import Literal

import torch
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from torch import Tensor, nn

from zoo import Condition, Denoiser, Level, register_to_config

FREQUENCIES = 256
TIMESTEPS = 1000
"""What time 1 is called where it becomes sinusoids."""


class ModulatedMLP(Denoiser):
    """`depth` blocks x <- x + g MLP(s LayerNorm(x) + b) of `width` units between two linear maps.

    Scale s, shift b and gate g are linear in an embedding of the time, and begin such that a block is the identity
    (adaLN-Zero: Peebles & Xie 2023, section 3.2, whose blocks have attention as well). An MLP is two linear maps of
    `width` with SiLU in between. `prediction` is what it learns to return.

    `conditions` names the properties it can be conditioned on: each adds two numbers to what the embedding is made of,
    its value (0 where not given) and whether it was given.
    """

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        depth: int = 8,
        width: int = 512,
        prediction: Literal["noise", "clean", "velocity"] = "velocity",
        conditions: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.prediction = prediction
        self.conditions = tuple(conditions)
        size = prod(latent_shape)
        self.frequencies = Timesteps(FREQUENCIES, flip_sin_to_cos=True, downscale_freq_shift=0)
        self.time = TimestepEmbedding(FREQUENCIES, width)
        self.given = nn.Linear(2 * len(self.conditions), width, bias=False) if self.conditions else None
        self.enter = nn.Linear(size, width)
        self.blocks = nn.ModuleList(_Block(width) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, size)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        """Noisy latents `[B, *Z]` -> its prediction `[B, *Z]`."""
        context = self.time(self.frequencies(TIMESTEPS * level.time).to(noisy.dtype))
        if self.given is not None:
            values = torch.stack([condition[name] for name in self.conditions], 1)
            columns = torch.cat([values.nan_to_num(0.0), (~values.isnan()).to(values.dtype)], 1)
            context = context + self.given(columns.to(noisy.dtype))
        hidden = self.enter(noisy.flatten(1))
        for block in self.blocks:
            hidden = block(hidden, context)
        prediction: Tensor = self.leave(self.norm(hidden)).view_as(noisy)
        return prediction


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 3 * width))
        self.mlp = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        for parameter in self.modulation.parameters():
            nn.init.zeros_(parameter)

    def forward(self, hidden: Tensor, context: Tensor) -> Tensor:
        scale, shift, gate = self.modulation(context).chunk(3, 1)
        result: Tensor = hidden + gate * self.mlp(self.norm(hidden) * (1 + scale) + shift)
        return result
