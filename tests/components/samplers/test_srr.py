"""Short-range repulsion against its equations."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from exact_walks import KNOWN, MEAN, gaussian, literal_force, walk
from zoo import Sampler, Schedule
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.repulsion import neighbour_distances
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow


@pytest.mark.parametrize(("base", "schedule"), [(DDPM(), Linear()), (DDIM(), Linear()), (Euler(), RectifiedFlow())])
def test_an_srr_step_is_equation_10(base: Sampler, schedule: Schedule) -> None:
    sampler = ShortRangeRepulsion(base, strength=0.3, clusters=7, cap=1e9)
    scheduler = sampler.scheduler(schedule)
    timestep = scheduler.timesteps[len(scheduler.timesteps) * 4 // 5]
    noisy = KNOWN[:6] + 0.3 * torch.randn(6, 16, generator=torch.Generator().manual_seed(6))

    def step(stepper: Sampler) -> Tensor:
        start = walk(schedule, rows=6, size=16, latents=KNOWN)
        return stepper.step(start, stepper.scheduler(schedule), noisy, timestep)

    radius = 1.5 * float(np.median(neighbour_distances(KNOWN)))
    push = torch.stack([literal_force(point, KNOWN, radius) for point in noisy])
    assert push.norm(dim=1).min() > 1
    torch.testing.assert_close(step(sampler) - step(base), 0.3 * push, rtol=1e-3, atol=1e-4)


def test_the_push_of_a_step_is_capped() -> None:
    schedule = Linear()
    start = walk(schedule, rows=300, size=16, latents=KNOWN)
    for t in (900, 100, 0):
        timestep = torch.tensor(t)

        def push(cap: float, timestep: Tensor = timestep) -> Tensor:
            sampler = ShortRangeRepulsion(DDIM(1000), strength=10.0, cap=cap)
            scheduler = sampler.scheduler(schedule)
            noisy = KNOWN + 0.1
            advanced = sampler.advance(start, scheduler, noisy, noisy, timestep)
            return advanced - sampler.base.advance(start, scheduler, noisy, noisy, timestep)

        limit = 0.5 * math.sqrt(schedule.betas[t])
        lengths = push(0.5).norm(dim=1)
        torch.testing.assert_close(lengths, torch.full_like(lengths, limit), rtol=1e-2, atol=1e-5)
        cosine = torch.cosine_similarity(push(0.5), push(1e9))
        assert cosine.min() > 0.99


def test_srr_moves_a_sample_away_from_a_lone_neighbour() -> None:
    """... and leaves alone one that is beyond the radius."""
    schedule, size = Linear(), 4
    known = torch.stack([torch.full((size,), MEAN), torch.full((size,), -50.0)])
    sampler = ShortRangeRepulsion(DDIM(50), radius_scale=0.05)
    distance = float((known[0] - known[1]).norm())
    radius = 0.05 * distance
    plain, pushed = (
        stepper.sample(walk(schedule, rows=50, size=size, latents=known)) for stepper in (DDIM(50), sampler)
    )
    before, after = ((drawn - known[0]).norm(dim=1) for drawn in (plain, pushed))
    assert before.max() < radius
    assert (after > before).float().mean() > 0.9
    assert after.median() > 1.2 * before.median()
    far = known.clone()
    far[0] += 4 * radius
    untouched = sampler.sample(walk(schedule, rows=50, size=size, latents=far))
    assert torch.equal(untouched, plain)


@pytest.mark.parametrize("base", [DDPM(steps=100), DPMSolver()])
def test_srr_makes_samples_more_novel(base: Sampler) -> None:
    known = KNOWN[:60]

    def novelty(sampler: Sampler) -> float:
        drawn = sampler.sample(walk(Linear(), rows=60, size=16, latents=known))
        return float(torch.cdist(drawn, known).amin(1).mean())

    assert novelty(ShortRangeRepulsion(base)) > 1.02 * novelty(base)


def test_the_index_is_built_once_for_the_same_latents() -> None:
    sampler = ShortRangeRepulsion(DDIM(2))
    index = sampler._repulsion(KNOWN)
    assert sampler._repulsion(KNOWN) is index
    assert sampler._repulsion(KNOWN.clone()) is not index


def test_latents_may_have_any_shape() -> None:
    sampler = ShortRangeRepulsion(DDPM(steps=20), strength=1.0)
    flat = sampler.sample(walk(Linear(), rows=3, size=16, latents=KNOWN))
    square = replace(
        walk(Linear(), rows=3, latents=KNOWN.view(-1, 4, 4)),
        shape=(4, 4),
        predict=lambda noisy, timesteps: gaussian(Linear())(noisy.flatten(1), timesteps).view_as(noisy),
    )
    torch.testing.assert_close(sampler.sample(square).flatten(1), flat)
