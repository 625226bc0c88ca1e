"""The latents of all processes, for losses over pairs."""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


def gather(latents: Tensor) -> Tensor:
    """Latents `[B, ...]` of every process, in the order of ranks, `[sum of B, ...]`; B may differ between processes.

    A loss that is the same function of gathered latents on every process has, after DDP has averaged gradients over
    processes, exactly the gradient that one process with all latents would have. One process gets its own latents back.
    """
    if not dist.is_available() or not dist.is_initialized() or dist.get_world_size() == 1:
        return latents
    gathered: Tensor = _Gather.apply(latents)  # type: ignore[no-untyped-call]
    return gathered


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, local: Tensor) -> Tensor:
        counts = _counts(local)
        ctx.counts = counts
        padded = local.new_zeros(max(counts), *local.shape[1:])
        padded[: len(local)] = local
        parts = [torch.empty_like(padded) for _ in counts]
        dist.all_gather(parts, padded)
        return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        # Each process holds the whole loss, and so the gradient of all latents, but only its own lead to its encoder.
        # DDP then divides by the number of processes, of which each contributed its own part once: hence the factor.
        own: Tensor = torch.split(gradient, ctx.counts)[dist.get_rank()]
        return own * len(ctx.counts)


def _counts(local: Tensor) -> list[int]:
    count = torch.tensor([len(local)], device=local.device)
    counts = [torch.empty_like(count) for _ in range(dist.get_world_size())]
    dist.all_gather(counts, count)
    return [int(c) for c in counts]
