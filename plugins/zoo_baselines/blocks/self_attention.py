"""Self-attention among all voxels of a volume."""

import torch
from torch import Tensor, nn

from zoo_baselines.blocks.normalisation import group_norm
from zoo_baselines.blocks.zeroed import zeroed


class SelfAttention(nn.Module):
    """Volumes `[B, C, d, d, d]`, each voxel a token: `heads` heads on the normalised volume, added to it through a map
    that begins at zero (Dhariwal & Nichol 2021). `width` is the network's, for the groups of the normalisation."""

    def __init__(self, channels: int, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = group_norm(channels, width)
        self.read = nn.Linear(channels, 3 * channels)
        self.write = zeroed(nn.Linear(channels, channels))

    def forward(self, volumes: Tensor) -> Tensor:
        tokens = self.norm(volumes).flatten(2).transpose(1, 2)
        query, key, value = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.read(tokens).chunk(3, 2)
        )
        seen = nn.functional.scaled_dot_product_attention(query, key, value)
        written: Tensor = self.write(seen.transpose(1, 2).flatten(2))
        return volumes + torch.unflatten(written.transpose(1, 2), 2, volumes.shape[2:])
