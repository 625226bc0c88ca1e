"""Walks over data whose exact denoiser is known."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from zoo import Noise, Objective, Schedule, Walk

MEAN, STD = 1.5, 0.5


def columns(schedule: Schedule, timesteps: Tensor) -> tuple[Tensor, Tensor]:
    alpha, sigma = schedule.signal(timesteps)
    return alpha[:, None], sigma[:, None]


def gaussian(schedule: Schedule) -> Callable[[Tensor, Tensor], Tensor]:
    """The posterior mean of data N(MEAN, STD^2)."""

    def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
        alpha, sigma = columns(schedule, timesteps)
        return MEAN + alpha * STD**2 / (alpha**2 * STD**2 + sigma**2) * (noisy - alpha * MEAN)

    return predict


def walk(schedule: Schedule, rows: int = 4, size: int = 5000, latents: Tensor | None = None) -> Walk:
    return Walk(
        predict=gaussian(schedule),
        schedule=schedule,
        shape=(size,),
        noise=Noise(0, range(rows)),
        decode=lambda clean: clean,
        latents=torch.empty(0) if latents is None else latents,
    )


KNOWN = torch.randn(300, 16, generator=torch.Generator().manual_seed(5)) * STD + MEAN


class MeanEnergy(Objective):
    """Squared distance of a structure's mean from the wanted one."""

    def energy(self, structures: Tensor, target) -> Tensor:
        return (structures.mean(1) - target["mean"]).square()


def literal_force(point: Tensor, known: Tensor, radius: float) -> Tensor:
    """The sum in equation 10, neighbour by neighbour."""
    total = torch.zeros_like(point)
    for neighbour in known:
        distance = float((neighbour - point).norm())
        if distance < radius:
            distance = max(distance, 1e-3 * radius)
            total += (neighbour - point) / distance / math.log(1 - distance / radius)
    return total
