"""The mean over permutations of the axes."""

import itertools

import torch
from torch import Tensor


def permutation_mean(volumes: Tensor) -> Tensor:
    """The mean `[B, C, d, d, d]` over the six permutations of the three axes: it is the same along x, y and z, as cells
    of cubic symmetry are."""
    turned = [volumes.permute(0, 1, *order) for order in itertools.permutations((2, 3, 4))]
    return torch.stack(turned).mean(0)
