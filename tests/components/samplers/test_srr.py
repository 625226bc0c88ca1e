"""Short-range repulsion against its equations."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from exact_walks import KNOWN, MEAN, gaussian, literal_force, walk
from zoo import Sampler, Schedule
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.repulsion import pair_distance
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.srr_as_printed import PrintedRepulsion
from zoo.components.samplers.transition import transition
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow

BASES = [(DDPM(), Linear()), (DDIM(), Linear()), (Euler(), RectifiedFlow())]


def push_of(sampler: Sampler, base: Sampler, schedule: Schedule, noisy: Tensor) -> Tensor:
    """What a repelled sampler adds to a step of its base, four fifths along the walk."""
    timesteps = base.scheduler(schedule).timesteps
    timestep = timesteps[len(timesteps) * 4 // 5]

    def step(stepper: Sampler) -> Tensor:
        start = walk(schedule, rows=len(noisy), size=16, latents=KNOWN)
        return stepper.step(start, stepper.scheduler(schedule), noisy, timestep)

    return step(sampler) - step(base)


@pytest.mark.parametrize(("base", "schedule"), BASES)
def test_a_step_as_printed_is_equation_10(base: Sampler, schedule: Schedule) -> None:
    noisy = KNOWN[:6] + 0.3 * torch.randn(6, 16, generator=torch.Generator().manual_seed(6))
    sampler = PrintedRepulsion(base, strength=0.3, radius=2.0, clusters=7)
    expected = torch.stack([literal_force(point, KNOWN, 2.0) for point in noisy])
    assert expected.norm(dim=1).min() > 1
    torch.testing.assert_close(push_of(sampler, base, schedule, noisy), 0.3 * expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("base", "schedule"), BASES)
def test_an_srr_step_is_equation_10_in_units_of_the_noise(base: Sampler, schedule: Schedule) -> None:
    """The forces of the training latents themselves have the median length that one unit stands for."""
    timesteps = base.scheduler(schedule).timesteps
    _, spread = transition(schedule, base.scheduler(schedule), timesteps[len(timesteps) * 4 // 5])
    radius = pair_distance(KNOWN, 0.05)
    some = KNOWN[torch.linspace(0, 299, 256).long()]
    lengths = torch.stack([literal_force(point, KNOWN, radius) for point in some]).norm(dim=1)
    typical = float(lengths[lengths > 0].median())
    noisy = KNOWN[:6] + 0.3 * torch.randn(6, 16, generator=torch.Generator().manual_seed(6))
    force = torch.stack([literal_force(point, KNOWN, radius) for point in noisy])
    assert force.norm(dim=1).min() > 0.1 * typical
    sampler = ShortRangeRepulsion(base, strength=0.3, coverage=0.05, clusters=7, cap=1e9)
    expected = 0.3 * spread * 4 / typical * force
    torch.testing.assert_close(push_of(sampler, base, schedule, noisy), expected, rtol=1e-3, atol=1e-4)


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

        limit = 0.5 * math.sqrt(16 * schedule.betas[t])
        lengths = push(0.5).norm(dim=1)
        torch.testing.assert_close(lengths, torch.full_like(lengths, limit), rtol=1e-2, atol=1e-5)
        cosine = torch.cosine_similarity(push(0.5), push(1e9))
        assert cosine.min() > 0.99


def test_srr_moves_a_sample_away_from_a_lone_neighbour() -> None:
    """... and leaves alone one that is beyond the radius."""
    schedule, size = Linear(), 4
    # Half of all pairs are at most as far apart as the ends of the row of three.
    three = torch.full((size,), -50.0) + torch.tensor([[0.0], [1.2], [2.5]])
    known = torch.cat([torch.full((1, size), MEAN), three])
    sampler = ShortRangeRepulsion(DDIM(50), coverage=0.5)
    radius = float((three[0] - three[2]).norm())
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

    assert novelty(ShortRangeRepulsion(base, strength=1.0, coverage=0.1)) > 1.02 * novelty(base)


def test_the_index_is_built_once_for_the_same_latents() -> None:
    sampler = ShortRangeRepulsion(DDIM(2))
    index, _ = sampler._measured(KNOWN)
    assert sampler._measured(KNOWN)[0] is index
    assert sampler._measured(KNOWN.clone())[0] is not index


def test_latents_may_have_any_shape() -> None:
    sampler = ShortRangeRepulsion(DDPM(steps=20), strength=1.0)
    flat = sampler.sample(walk(Linear(), rows=3, size=16, latents=KNOWN))
    square = replace(
        walk(Linear(), rows=3, latents=KNOWN.view(-1, 4, 4)),
        shape=(4, 4),
        predict=lambda noisy, timesteps: gaussian(Linear())(noisy.flatten(1), timesteps).view_as(noisy),
    )
    torch.testing.assert_close(sampler.sample(square).flatten(1), flat)
