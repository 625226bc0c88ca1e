"""The timesteps of DPM-Solver++, and its steps beside those of diffusers."""

import torch
from diffusers import DPMSolverMultistepScheduler
from hypothesis import given, settings, strategies as st

from exact_walks import gaussian, walk
from zoo.components.samplers.dpm_solver import DPMSolver, uniform_in_log_snr
from zoo.components.schedules.cosine import Cosine
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.vp_sde import VPSDE


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 300), st.integers(0, 300), st.sampled_from([Linear, Cosine, VPSDE]))
def test_timesteps_of_dpm_solver(steps: int, more: int, law: type) -> None:
    schedule = law(steps=steps + more)
    timesteps = uniform_in_log_snr(schedule, steps)
    assert len(timesteps) == steps
    assert timesteps == sorted(set(timesteps), reverse=True)
    assert 0 <= timesteps[-1] <= timesteps[0] < schedule.steps
    assert timesteps[-1] == 0 or steps == 1


def test_dpm_solver_is_uniform_in_log_snr() -> None:
    for schedule in (Linear(), Cosine()):
        levels = schedule.level(torch.tensor(uniform_in_log_snr(schedule, 12))).log_snr
        assert levels[0] >= -10.2
        assert levels.diff().max() < 1.1 * levels.diff().mean()
        assert levels.diff().min() > 0.9 * levels.diff().mean()


def test_dpm_solver_is_that_of_diffusers() -> None:
    """Where diffusers' own spacing gives the same timesteps, so does the walk."""
    schedule, sampler = Linear(), DPMSolver(steps=20)
    timesteps = uniform_in_log_snr(schedule, 20)
    theirs = DPMSolverMultistepScheduler(beta_schedule="linear", prediction_type="epsilon")
    theirs.set_timesteps(timesteps=timesteps)
    noisy = walk(schedule, rows=2, size=50).noise.normal(50)
    for timestep in theirs.timesteps:
        alpha, sigma = schedule.signal(timestep)
        clean = gaussian(schedule)(noisy, timestep.expand(2))
        noisy = theirs.step((noisy - alpha * clean) / sigma, timestep, noisy).prev_sample
    torch.testing.assert_close(sampler.sample(walk(schedule, rows=2, size=50)), noisy, rtol=1e-3, atol=1e-3)
