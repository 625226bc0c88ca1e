"""Windows of a cube of tokens, for attention that stays inside them (Li et al. 2022, ViTDet, in three dimensions)."""

import torch
from torch import Tensor


def split_windows(tokens: Tensor, side: int, window: int) -> Tensor:
    """Tokens `[B, side^3, D]` -> windows `[B * (side / window)^3, window^3, D]`; `window` divides `side`."""
    count = side // window
    cubes = torch.unflatten(tokens, 1, (count, window, count, window, count, window))
    return cubes.permute(0, 1, 3, 5, 2, 4, 6, 7).flatten(4, 6).flatten(0, 3)


def merge_windows(windows: Tensor, side: int, window: int) -> Tensor:
    """The inverse of `split_windows`: windows -> tokens `[B, side^3, D]`."""
    count = side // window
    cubes = torch.unflatten(torch.unflatten(windows, 0, (-1, count, count, count)), 4, (window, window, window))
    return cubes.permute(0, 1, 4, 2, 5, 3, 6, 7).flatten(1, 6)
