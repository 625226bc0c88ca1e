"""The denoiser of Guided Diffusion (Yang et al. 2024, section 3.2): the 3-D U-Net of LAS-Diffusion (Zheng et al. 2023),
which sees its own previous answer."""

from itertools import pairwise
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from zoo import Condition, Denoiser, Level, ZooError, register_to_config
from zoo_baselines.blocks.cubes import channels_and_side, check_halvings
from zoo_baselines.blocks.learned_sinusoid import LearnedSinusoid
from zoo_baselines.blocks.normalisation import MAX_GROUPS, group_norm
from zoo_baselines.blocks.permutations import permutation_mean
from zoo_baselines.blocks.residual_block import ResidualBlock
from zoo_baselines.blocks.self_attention import SelfAttention

NULL = -1.0
"""What stands for a condition that is not given (Yang et al. 2024, section 3.2)."""


class GuidedUNet(Denoiser):
    """Latents `[d, d, d]` or `[C, d, d, d]` beside its previous answer, or zeros -> the clean latents.

    One level for each of `multipliers`, with that many times `width` channels, halved by strided convolutions and
    doubled by the nearest neighbour and a convolution. A level has one residual block on the way down and one on the
    way up, the middle has two, all fed with the log-SNR through a learned sinusoid. The `attention` coarsest levels and
    the middle have self-attention of `heads` heads; `dropout` is that of the blocks. With `permutation_averaging`, what
    comes in and what goes out is averaged over the six permutations of the axes, which forces cubic symmetry: right for
    cells that have it, wrong for others.

    Each of `conditions`, -1 where it is not given, has a learned sinusoid of its own and adds to every block, as the
    log-SNR does. `volume` is the one of them that is a volume fraction: training hides it, the others, or all of them,
    each as often, and it adds to the middle once more. There the release has cross-attention to the volume alone, whose
    answer replaces the features: with one key its softmax is 1, query and key cannot matter, and what is left is a
    linear map of the volume's embedding. Ours is that map, added to the features.

    The defaults are the released network for octants of 64^3, of 28.71 million parameters; the paper gives the levels
    and their channels. As there, the finest level has no block on the way up, and what it saw on the way down does not
    come back; and blocks of 32 channels normalise each by itself, which loses what is added to them. `prediction` is
    what it learns to return, in the paper the clean latents. ZooError unless the latents are cubes, of a side that can
    be halved from level to level, `width` even and no more than 32 or a multiple of it, and the channels a multiple of
    the heads where there is attention.
    """

    self_conditioning: ClassVar[bool] = True

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        width: int = 32,
        multipliers: tuple[int, ...] = (1, 2, 4, 8, 8),
        attention: int = 2,
        heads: int = 4,
        dropout: float = 0.1,
        permutation_averaging: bool = True,
        conditions: tuple[str, ...] = (),
        volume: str | None = None,
        prediction: Literal["noise", "clean", "velocity"] = "clean",
    ) -> None:
        super().__init__()
        channels, side = channels_and_side("guided-unet", latent_shape)
        check_halvings("guided-unet", side, len(multipliers))
        _check(width, multipliers, attention, heads, conditions, volume)
        self.prediction = prediction
        self.conditions = tuple(conditions)
        self.volume = volume
        others = tuple(name for name in self.conditions if name != volume)
        self.condition_groups = (others, (volume,)) if others and volume else ()
        self.permutation_averaging = permutation_averaging
        size = 4 * width
        context = size * (1 + len(self.conditions))
        sizes = [width * multiplier for multiplier in multipliers]
        attends = [level >= len(sizes) - attention for level in range(len(sizes))]

        def block(inputs: int, outputs: int) -> ResidualBlock:
            return ResidualBlock(inputs, outputs, width, context, dropout)

        def attended(level: int, channels: int) -> nn.Module:
            if not attends[level]:
                return nn.Identity()
            # Normalised and squashed before a block that normalises for itself: as released.
            return nn.Sequential(group_norm(channels, width), nn.SiLU(), SelfAttention(channels, width, heads))

        self.time = nn.Sequential(LearnedSinusoid(width, size), nn.SiLU())
        self.told = nn.ModuleList(nn.Sequential(LearnedSinusoid(width, size), nn.SiLU()) for _ in self.conditions)
        self.volume_in_middle = nn.Linear(size, sizes[-1]) if volume else None
        self.enter = nn.Conv3d(2 * channels, width, 3, padding=1)
        self.down = nn.ModuleList(block(a, b) for a, b in pairwise([width, *sizes]))
        self.down_attention = nn.ModuleList(attended(level, channels) for level, channels in enumerate(sizes))
        self.shrink = nn.ModuleList(nn.Conv3d(c, c, 3, stride=2, padding=1) for c in sizes[:-1])
        self.middle = nn.ModuleList(block(sizes[-1], sizes[-1]) for _ in range(2))
        self.middle_attention = attended(-1, sizes[-1])
        # From the coarsest level to the one below the finest, each to the channels of the next finer one.
        climbs = [(level, sizes[level], sizes[level - 1]) for level in range(len(sizes) - 1, 0, -1)]
        self.up = nn.ModuleList(block(2 * a, b) for _, a, b in climbs)
        self.up_attention = nn.ModuleList(attended(level, b) for level, _, b in climbs)
        self.grow = nn.ModuleList(
            nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv3d(b, b, 3, padding=1)) for _, _, b in climbs
        )
        self.leave = nn.Sequential(group_norm(sizes[0], width), nn.SiLU(), nn.Conv3d(sizes[0], channels, 3, padding=1))

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        shown = torch.zeros_like(noisy) if previous is None else previous
        volumes = torch.cat([_volumes(noisy), _volumes(shown)], 1)
        told = [embed(_or_null(condition[name])) for name, embed in zip(self.conditions, self.told, strict=True)]
        context = torch.cat([self.time(level.log_snr), *told], 1)
        middle = None
        if self.volume_in_middle is not None and self.volume is not None:
            middle = self.volume_in_middle(told[self.conditions.index(self.volume)])
        answer = self._symmetric(self._predicted(self._symmetric(volumes), context, middle))
        return answer.reshape(noisy.shape)

    def _predicted(self, volumes: Tensor, context: Tensor, middle: Tensor | None) -> Tensor:
        volumes = self.enter(volumes)
        seen = []
        for number, (block, attention) in enumerate(zip(self.down, self.down_attention, strict=True)):
            volumes = attention(block(volumes, context))
            seen.append(volumes)
            if number < len(self.shrink):
                volumes = self.shrink[number](volumes)
        first, second = self.middle
        volumes = first(volumes, context)
        if middle is not None:
            volumes = volumes + middle[:, :, None, None, None]
        volumes = second(self.middle_attention(volumes), context)
        for block, attention, grow in zip(self.up, self.up_attention, self.grow, strict=True):
            volumes = grow(attention(block(torch.cat([volumes, seen.pop()], 1), context)))
        predicted: Tensor = self.leave(volumes)
        return predicted

    def _symmetric(self, volumes: Tensor) -> Tensor:
        return permutation_mean(volumes) if self.permutation_averaging else volumes


def _volumes(latents: Tensor) -> Tensor:
    """Latents `[B, *Z]` as `[B, C, d, d, d]`."""
    return latents.unsqueeze(1) if latents.dim() == 4 else latents


def _or_null(values: Tensor) -> Tensor:
    """Values `[B]` of a condition, scaled to [0, 1], with those that are not given set apart."""
    return values.masked_fill(values.isnan(), NULL)


def _check(
    width: int,
    multipliers: tuple[int, ...],
    attention: int,
    heads: int,
    conditions: tuple[str, ...],
    volume: str | None,
) -> None:
    problems = []
    if width < 2 or width % 2:
        problems.append(f"guided-unet: width {width} is not a positive even number.")
    if width > MAX_GROUPS and width % MAX_GROUPS:
        problems.append(f"guided-unet: width {width} is above {MAX_GROUPS} and not a multiple of {MAX_GROUPS}.")
    if any(multiplier < 1 for multiplier in multipliers):
        problems.append(f"guided-unet: multipliers {list(multipliers)} are not all positive.")
    if not 0 <= attention <= len(multipliers):
        problems.append(f"guided-unet: attention {attention} is not a number of levels from 0 to {len(multipliers)}.")
    attending = multipliers[-attention - 1 :] if attention else ()
    if heads < 1 or any(width * multiplier % heads for multiplier in attending):
        problems.append(f"guided-unet: {heads} heads do not divide the channels of the levels with attention.")
    if volume is not None and volume not in conditions:
        problems.append(f"guided-unet: volume {volume!r} is not one of the conditions.")
    if problems:
        raise ZooError(*problems)
