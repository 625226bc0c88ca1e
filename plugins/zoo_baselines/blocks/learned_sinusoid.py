"""An embedding of a number whose frequencies are learned."""

import math

import torch
from torch import Tensor, nn


class LearnedSinusoid(nn.Module):
    """Numbers `[B]` -> `[B, size]`: the number itself, sines and cosines of 2 pi w times it, with `width` / 2 learned
    frequencies w that begin as N(0, 1); then two linear maps with SiLU between them.

    As Yang et al. (2024) and LAS-Diffusion (Zheng et al. 2023) embed log-SNR and conditions.
    """

    def __init__(self, width: int, size: int) -> None:
        super().__init__()
        self.frequencies = nn.Parameter(torch.randn(width // 2))
        self.maps = nn.Sequential(nn.Linear(2 * (width // 2) + 1, size), nn.SiLU(), nn.Linear(size, size))

    def forward(self, values: Tensor) -> Tensor:
        column = values.unsqueeze(1)
        angles = 2 * math.pi * column * self.frequencies
        embedding: Tensor = self.maps(torch.cat([column, angles.sin(), angles.cos()], 1))
        return embedding
