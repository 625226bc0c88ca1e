"""What noise leads from one level to the one before."""

import pytest
import torch

from zoo import Sampler, Schedule
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.transition import transition
from zoo.components.schedules.cosine import Cosine
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow
from zoo.components.schedules.vp_sde import VPSDE


@pytest.mark.parametrize(
    ("sampler", "schedule"),
    [
        (DDPM(), Linear()),
        (DDPM(steps=7), Cosine()),
        (DDIM(10), VPSDE()),
        (DPMSolver(9), Linear()),
        (Euler(6), RectifiedFlow()),
    ],
)
def test_transitions_lead_from_each_level_to_the_one_before(sampler: Sampler, schedule: Schedule) -> None:
    """x_t made from an x_s of the right marginal has the right marginal, signal and noise alike."""
    scheduler = sampler.scheduler(schedule)
    levels = [tuple(map(float, schedule.signal(t))) for t in scheduler.timesteps] + [(1.0, 0.0)]
    for i in range(0, len(scheduler.timesteps), max(1, len(scheduler.timesteps) // 7)):
        ratio, spread = transition(schedule, scheduler, scheduler.timesteps[i])
        (alpha, sigma), (later_alpha, later_sigma) = levels[i], levels[i + 1]
        assert ratio * later_alpha == pytest.approx(alpha, abs=1e-6)
        assert (ratio * later_sigma) ** 2 + spread**2 == pytest.approx(sigma**2, abs=1e-6)
    if isinstance(sampler, DDPM) and sampler.steps is None:
        assert transition(schedule, scheduler, torch.tensor(400))[1] ** 2 == pytest.approx(
            schedule.betas[400], rel=1e-3
        )
