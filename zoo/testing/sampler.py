"""What samplers promise."""

from collections.abc import Iterator, Sequence
from typing import get_args

import torch
from torch import Tensor

from zoo.building.builder import build
from zoo.errors import ZooError
from zoo.interfaces.noise import Noise
from zoo.interfaces.sampler import Sampler, Walk
from zoo.interfaces.schedule import Family, Schedule
from zoo.testing.compare import ROUNDING, check_same, check_tensor
from zoo.testing.subject import SEED, Subject, gpus

SCHEDULES: dict[Family, str] = {"diffusion": "linear", "flow": "rectified-flow"}
MEAN, STD = 1.5, 0.5
"""The data that samplers must find: N(1.5, 0.5^2), for which the exact prediction is known."""
MEAN_TOLERANCE, STD_TOLERANCE = 0.1, 0.15
ROWS, MANY_ROWS, KNOWN = 4, 256, 64
RETRACED = 0.1
"""How close a walk there and back again must end, in terms of the largest value."""


def names_families(subject: Subject) -> None:
    """It names the families of schedules that it can walk, and makes a fresh scheduler for each walk."""
    sampler, legal = subject.build(), get_args(Family)
    families = sampler.families
    assert families and set(families) <= set(legal), f"`families` is {families!r}; legal: {', '.join(legal)}."
    for walk in _walks(subject, sampler, range(ROWS)):
        first, second = sampler.scheduler(walk.schedule), sampler.scheduler(walk.schedule)
        assert first is not second, "It gives out the same scheduler twice."
        assert bool((first.timesteps.diff() <= 0).all()), "The scheduler's timesteps do not lead from noise to clean."


def finds_a_gaussian(subject: Subject) -> None:
    """Given exact predictions for data from N(1.5, 0.5^2), its samples have that mean and spread."""
    sampler = subject.build()
    for walk in _walks(subject, sampler, range(MANY_ROWS)):
        drawn = sampler.sample(walk)
        check_tensor("What it draws", drawn, (MANY_ROWS, *subject.latent_shape))
        mean, std = float(drawn.mean()), float(drawn.std())
        close = abs(mean - MEAN) < MEAN_TOLERANCE and abs(std / STD - 1) < STD_TOLERANCE
        assert close, f"Along a {walk.schedule.family} they have mean {mean:.3f} and spread {std:.3f}."


def walks_rows_apart(subject: Subject) -> None:
    """Row b depends on row b of the noise only, and the same noise leads to the same sample."""
    sampler = subject.build()

    def drawn(items: Sequence[int]) -> list[Tensor]:
        return [sampler.sample(walk) for walk in _walks(subject, sampler, items)]

    first = drawn(range(ROWS))
    for one, again, other in zip(first, drawn(range(ROWS)), drawn([0, *range(100, 99 + ROWS)]), strict=True):
        check_same("With the same noise, it", one, again)
        check_same("With other noise for the others, row 0", one[:1], other[:1], ROUNDING)


def walks_back(subject: Subject) -> None:
    """If it inverts, the walk from the noise that it tells leads to the clean latents again."""
    sampler = subject.build()
    for walk in _walks(subject, sampler, range(ROWS)):
        clean = _data(subject, range(ROWS))
        try:
            noisy = sampler.invert(walk, clean)
        except ZooError:
            continue
        scheduler = sampler.scheduler(walk.schedule)
        for timestep in scheduler.timesteps:
            noisy = sampler.step(walk, scheduler, noisy, timestep)
        check_same("Where it leads", clean, noisy, RETRACED)


def runs_on_gpu(subject: Subject) -> None:
    """It walks on a GPU too."""
    sampler = subject.build()
    for device in gpus():
        for walk in _walks(subject, sampler, range(ROWS), device):
            check_tensor("What it draws", sampler.sample(walk), (ROWS, *subject.latent_shape))


PROMISES = (names_families, finds_a_gaussian, walks_rows_apart, walks_back, runs_on_gpu)


def _walks(subject: Subject, sampler: Sampler, items: Sequence[int], device: str = "cpu") -> Iterator[Walk]:
    """A walk along each family's schedule, towards data whose exact prediction is known."""
    for family in sampler.families:
        schedule = build(Schedule, {"use": SCHEDULES[family]})
        yield Walk(
            predict=_Exact(schedule) if sampler.needs_denoiser else _unasked,
            schedule=schedule,
            shape=subject.latent_shape,
            noise=Noise(SEED, items, device),
            decode=lambda latents: latents,
            latents=_data(subject, range(KNOWN if sampler.needs_latents else 0), device),
        )


def _data(subject: Subject, items: Sequence[int], device: str = "cpu") -> Tensor:
    if not items:
        return torch.empty(0, device=device)
    return MEAN + STD * Noise(SEED + 1, items, device).normal(*subject.latent_shape)


def _unasked(noisy: Tensor, timesteps: Tensor) -> Tensor:
    raise AssertionError("It asks for a prediction, and `needs_denoiser` is False.")


class _Exact:
    """The posterior mean of data from N(MEAN, STD^2) given noisy latents."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule

    def __call__(self, noisy: Tensor, timesteps: Tensor) -> Tensor:
        columns = (-1, *(1 for _ in noisy.shape[1:]))
        alpha, sigma = (values.view(columns) for values in self._schedule.signal(timesteps))
        return MEAN + alpha * STD**2 / (alpha**2 * STD**2 + sigma**2) * (noisy - alpha * MEAN)
