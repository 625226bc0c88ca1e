"""Attention among voxels, with a few narrow heads."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


class VoxelAttention(nn.Module):
    """Volumes `[B, C, d, d, d]`, each voxel a token: `heads` heads of `head_width` on the layer-normalised volume,
    added to it. `attend` makes an answer of queries, keys and values, all `[B, heads, N, head_width]`; `normalised`
    answers are layer-normalised before they are added."""

    def __init__(
        self,
        channels: int,
        attend: Callable[[Tensor, Tensor, Tensor], Tensor],
        *,
        normalised: bool,
        heads: int = 4,
        head_width: int = 32,
    ) -> None:
        super().__init__()
        self.heads = heads
        self.attend = attend
        self.norm = nn.LayerNorm(channels)
        self.read = nn.Linear(channels, 3 * heads * head_width, bias=False)
        write = nn.Linear(heads * head_width, channels)
        self.write = nn.Sequential(write, nn.LayerNorm(channels)) if normalised else write

    def forward(self, volumes: Tensor) -> Tensor:
        tokens = self.read(self.norm(volumes.flatten(2).transpose(1, 2)))
        query, key, value = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in tokens.chunk(3, 2))
        answer: Tensor = self.write(self.attend(query, key, value).transpose(1, 2).flatten(2))
        return volumes + torch.unflatten(answer.transpose(1, 2), 2, volumes.shape[2:])
