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

    Of the `conditions` a dense map and SiLU make one more channel, at each level both ways and in the middle. The
    release is told density, stiffness and conductivity; a condition that is not given, which it does not know, is 0
    here, and each adds whether it was given.

    The defaults are the released network without its labels: 92.4 million parameters. `prediction` is what it learns to
    return, there the noise. ZooError unless the latents are cubes, of a side that can be halved from level to level,
    and `width` a positive multiple of 8.
    """

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        width: int = 64,
        multipliers: tuple[int, ...] = (1, 2, 4, 8),
        conditions: tuple[str, ...] = (),
        prediction: Literal["noise", "clean", "velocity"] = "noise",
    ) -> None:
        super().__init__()
        channels, side = channels_and_side("linear-attention-unet", latent_shape)
        check_halvings("linear-attention-unet", side, len(multipliers))
        _check(width, multipliers)
        self.prediction = prediction
        self.conditions = tuple(conditions)
        context = 4 * width
        stem = width // 3 * 2
        sizes = [width * multiplier for multiplier in multipliers]
        sides = [side // 2**number for number in range(len(sizes))]
        labels = 2 * len(self.conditions)
        # From the coarsest level to the one below the finest, each to the channels of the next finer one.
        climbs = list(pairwise(reversed(sizes)))

        self.sinusoid = Timesteps(width, flip_sin_to_cos=False, downscale_freq_shift=1)
        self.time = TimestepEmbedding(width, context, act_fn="gelu")
        self.enter = nn.Conv3d(channels, stem, 7, padding=3)
        self.down = nn.ModuleList(
            _Stage(a, b, context, _Labels(labels, edge))
            for (a, b), edge in zip(pairwise([stem, *sizes]), sides, strict=True)
        )
        self.shrink = nn.ModuleList(nn.Conv3d(c, c, 4, stride=2, padding=1) for c in sizes[:-1])
        self.middle_labels = _Labels(labels, sides[-1])
        self.middle = nn.ModuleList(
            ModulatedBlock(inputs, sizes[-1], context)
            for inputs in (sizes[-1] + self.middle_labels.channels, sizes[-1])
        )
        self.middle_attention = VoxelAttention(sizes[-1], scaled_dot_product_attention, normalised=False)
        self.up = nn.ModuleList(
            _Stage(2 * a, b, context, _Labels(labels, edge))
            for (a, b), edge in zip(climbs, reversed(sides[1:]), strict=True)
        )
        self.grow = nn.ModuleList(nn.ConvTranspose3d(b, b, 4, stride=2, padding=1) for _, b in climbs)
        self.last = ModulatedBlock(2 * sizes[0], sizes[0], None)
        self.leave = nn.Conv3d(sizes[0], channels, 1)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        context = self.time(self.sinusoid(STEPS * level.time).to(noisy.dtype))
        labels = self._read(condition, len(noisy))
        volumes = self.enter(noisy.unsqueeze(1) if noisy.dim() == 4 else noisy)
        seen = []
        for number, stage in enumerate(self.down):
            volumes = stage(volumes, context, labels)
            seen.append(volumes)
            if number < len(self.shrink):
                volumes = self.shrink[number](volumes)
        first, second = self.middle
        volumes = self.middle_labels(volumes, labels)
        volumes = second(self.middle_attention(first(volumes, context)), context)
        for stage, grow in zip(self.up, self.grow, strict=True):
            volumes = grow(stage(torch.cat([volumes, seen.pop()], 1), context, labels))
        answer: Tensor = self.leave(self.last(torch.cat([volumes, seen.pop()], 1)))
        return answer.reshape(noisy.shape)

    def _read(self, condition: Condition, count: int) -> Tensor:
        """What the dense maps are told, `[count, 2 * conditions]`: value and flag of each condition."""
        values = torch.stack([condition[name] for name in self.conditions], 1) if self.conditions else None
        if values is None:
            return self.leave.weight.new_empty(count, 0)
        return torch.cat([values.nan_to_num(0.0), (~values.isnan()).to(values.dtype)], 1)


class _Labels(nn.Module):
    """Adds a channel of side `edge` that a dense map makes of the labels; nothing where there are none."""

    def __init__(self, labels: int, edge: int) -> None:
        super().__init__()
        self.channels = 1 if labels else 0
        self.edge = edge
        self.map = nn.Sequential(nn.Linear(labels, edge**3), nn.SiLU()) if labels else None

    def forward(self, volumes: Tensor, labels: Tensor) -> Tensor:
        if self.map is None:
            return volumes
        channel = self.map(labels).view(-1, 1, self.edge, self.edge, self.edge)
        return torch.cat([volumes, channel.to(volumes.dtype)], 1)


class _Stage(nn.Module):
    """What a level has on the way down, and on the way up: the labels' channel, two blocks, then linear attention."""

    def __init__(self, inputs: int, outputs: int, context: int, labels: _Labels) -> None:
        super().__init__()
        self.labels = labels
        self.first = ModulatedBlock(inputs + labels.channels, outputs, context)
        self.second = ModulatedBlock(outputs, outputs, context)
        self.attention = VoxelAttention(outputs, linear_attention, normalised=True)

    def forward(self, volumes: Tensor, context: Tensor, labels: Tensor) -> Tensor:
        told = self.labels(volumes, labels)
        attended: Tensor = self.attention(self.second(self.first(told, context), context))
        return attended


def _check(width: int, multipliers: tuple[int, ...]) -> None:
    problems = []
    if width < GROUPS or width % GROUPS:
        problems.append(f"linear-attention-unet: width {width} is not a positive multiple of {GROUPS}.")
    if any(multiplier < 1 for multiplier in multipliers):
        problems.append(f"linear-attention-unet: multipliers {list(multipliers)} are not all positive.")
    if problems:
        raise ZooError(*problems)
