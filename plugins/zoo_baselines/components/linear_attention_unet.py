"""The denoiser of 3D-CDM (Zheng, Shiomi & Yamada 2025): a 3-D U-Net with linear attention at every level."""

from itertools import pairwise
from typing import Literal

import torch
from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from zoo import Condition, Denoiser, Level, ZooError, register_to_config
from zoo_baselines.blocks.cubes import channels_and_side, check_halvings
from zoo_baselines.blocks.linear_attention import linear_attention
from zoo_baselines.blocks.modulated_block import GROUPS, ModulatedBlock
from zoo_baselines.blocks.voxel_attention import VoxelAttention

STEPS = 200
"""The network counts the time in steps of the released schedule."""


class LinearAttentionUNet(Denoiser):
    """Latents `[d, d, d]` or `[C, d, d, d]` -> the noise in them.

    A stem of 7^3 with two thirds of `width` channels; then one level for each of `multipliers`, with that many times
    `width` channels: on the way down and on the way up two residual blocks, scaled and shifted by the time, and linear
    attention of four heads of 32. Full attention stands in the middle, between two blocks. Levels are halved by
    convolutions of 4^3 and doubled by transposed ones. As released, the finest level has a single block on the way up,
    which does not read the time.

    The defaults are the released network: 92.4 million parameters, without its labels. There, at each level, a dense
    map makes of three labels one more channel; that is left out. `prediction` is what it learns to return, there the
    noise. ZooError unless the latents are cubes, of a side that can be halved from level to level, and `width` a
    positive multiple of 8.
    """

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        width: int = 64,
        multipliers: tuple[int, ...] = (1, 2, 4, 8),
        prediction: Literal["noise", "clean", "velocity"] = "noise",
    ) -> None:
        super().__init__()
        channels, side = channels_and_side("linear-attention-unet", latent_shape)
        check_halvings("linear-attention-unet", side, len(multipliers))
        _check(width, multipliers)
        self.prediction = prediction
        context = 4 * width
        stem = width // 3 * 2
        sizes = [width * multiplier for multiplier in multipliers]
        # From the coarsest level to the one below the finest, each to the channels of the next finer one.
        climbs = list(pairwise(reversed(sizes)))

        self.sinusoid = Timesteps(width, flip_sin_to_cos=False, downscale_freq_shift=1)
        self.time = TimestepEmbedding(width, context, act_fn="gelu")
        self.enter = nn.Conv3d(channels, stem, 7, padding=3)
        self.down = nn.ModuleList(_Stage(a, b, context) for a, b in pairwise([stem, *sizes]))
        self.shrink = nn.ModuleList(nn.Conv3d(c, c, 4, stride=2, padding=1) for c in sizes[:-1])
        self.middle = nn.ModuleList(ModulatedBlock(sizes[-1], sizes[-1], context) for _ in range(2))
        self.middle_attention = VoxelAttention(sizes[-1], scaled_dot_product_attention, normalised=False)
        self.up = nn.ModuleList(_Stage(2 * a, b, context) for a, b in climbs)
        self.grow = nn.ModuleList(nn.ConvTranspose3d(b, b, 4, stride=2, padding=1) for _, b in climbs)
        self.last = ModulatedBlock(2 * sizes[0], sizes[0], None)
        self.leave = nn.Conv3d(sizes[0], channels, 1)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        context = self.time(self.sinusoid(STEPS * level.time).to(noisy.dtype))
        volumes = self.enter(noisy.unsqueeze(1) if noisy.dim() == 4 else noisy)
        seen = []
        for number, stage in enumerate(self.down):
            volumes = stage(volumes, context)
            seen.append(volumes)
            if number < len(self.shrink):
                volumes = self.shrink[number](volumes)
        first, second = self.middle
        volumes = second(self.middle_attention(first(volumes, context)), context)
        for stage, grow in zip(self.up, self.grow, strict=True):
            volumes = grow(stage(torch.cat([volumes, seen.pop()], 1), context))
        answer: Tensor = self.leave(self.last(torch.cat([volumes, seen.pop()], 1)))
        return answer.reshape(noisy.shape)


class _Stage(nn.Module):
    """What a level has on the way down, and on the way up: two blocks, then linear attention."""

    def __init__(self, inputs: int, outputs: int, context: int) -> None:
        super().__init__()
        self.first = ModulatedBlock(inputs, outputs, context)
        self.second = ModulatedBlock(outputs, outputs, context)
        self.attention = VoxelAttention(outputs, linear_attention, normalised=True)

    def forward(self, volumes: Tensor, context: Tensor) -> Tensor:
        attended: Tensor = self.attention(self.second(self.first(volumes, context), context))
        return attended


def _check(width: int, multipliers: tuple[int, ...]) -> None:
    problems = []
    if width < GROUPS or width % GROUPS:
        problems.append(f"linear-attention-unet: width {width} is not a positive multiple of {GROUPS}.")
    if any(multiplier < 1 for multiplier in multipliers):
        problems.append(f"linear-attention-unet: multipliers {list(multipliers)} are not all positive.")
    if problems:
        raise ZooError(*problems)
