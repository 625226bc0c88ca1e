"""Euler steps along flows."""

import pytest
import torch

from exact_walks import walk
from zoo.components.samplers.euler import Euler
from zoo.components.schedules.rectified_flow import RectifiedFlow


def test_times_of_trellis() -> None:
    """25 steps at shift 3, as its pipelines take them."""
    scheduler = Euler(steps=25, shift=3.0).scheduler(RectifiedFlow())
    times = (scheduler.timesteps / 1000).tolist()
    assert times[:3] == pytest.approx([1.0, 0.9863, 0.9718], abs=1e-4)
    assert times[-2:] == pytest.approx([0.2069, 0.1111], abs=1e-4)


def test_an_euler_walk_to_a_point_is_straight() -> None:
    """If the clean latents are known, every step lies on the line to them."""
    schedule = RectifiedFlow()
    start = walk(schedule, rows=2, size=3)
    sampler = Euler(steps=4)
    scheduler = sampler.scheduler(schedule)
    noise = noisy = start.noise.normal(3)
    clean = torch.full_like(noisy, 7.0)
    for i, timestep in enumerate(scheduler.timesteps):
        noisy = sampler.advance(start, scheduler, clean, noisy, timestep)
        torch.testing.assert_close(noisy, clean + (noise - clean) * (1 - (i + 1) / 4))
