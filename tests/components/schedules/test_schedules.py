"""Schedules against the formulas of their papers and against the schedulers of diffusers that walk them."""

import math

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler
from hypothesis import given, settings, strategies as st

from zoo import Noise, Schedule, ZooError
from zoo.components.schedules.cosine import Cosine
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow
from zoo.components.schedules.vp_sde import VPSDE

DIFFUSIONS = [Linear(), Linear(steps=200, start=1e-3, end=0.05), Cosine(), Cosine(steps=50), VPSDE(), VPSDE(steps=64)]
SCHEDULES = [*DIFFUSIONS, RectifiedFlow(), RectifiedFlow(steps=10, times="logit-normal", mean=1.0)]


@pytest.mark.parametrize("schedule", DIFFUSIONS)
@pytest.mark.parametrize("scheduler", [DDPMScheduler, DDIMScheduler, DPMSolverMultistepScheduler])
def test_diffusers_walks_the_same_noise_levels(schedule: Schedule, scheduler: type) -> None:
    theirs = scheduler(**schedule.scheduler_config())
    alpha, sigma = schedule.signal(torch.arange(schedule.steps))
    torch.testing.assert_close(alpha.square(), theirs.alphas_cumprod, rtol=2e-5, atol=1e-7)
    torch.testing.assert_close(alpha.square() + sigma.square(), torch.ones(schedule.steps))


def test_linear_is_that_of_diffusers() -> None:
    theirs = DDPMScheduler(beta_schedule="linear", beta_start=1e-4, beta_end=0.02)
    torch.testing.assert_close(torch.tensor(Linear().betas, dtype=torch.float32), theirs.betas)


def test_cosine_is_that_of_diffusers() -> None:
    theirs = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    torch.testing.assert_close(torch.tensor(Cosine().betas, dtype=torch.float32), theirs.betas)


def test_log_snr_of_yang() -> None:
    schedule = VPSDE()
    time = (torch.arange(1000, dtype=torch.float64) + 1) / 1000
    log_snr = schedule.level(torch.arange(1000)).log_snr
    torch.testing.assert_close(log_snr.double(), -torch.log(torch.expm1(1e-4 + 10 * time**2)), rtol=1e-5, atol=1e-5)


def test_ends_of_the_published_schedules() -> None:
    def last(schedule: Schedule) -> float:
        return float(schedule.signal(torch.tensor(schedule.steps - 1))[0]) ** 2

    assert last(Linear()) == pytest.approx(4.04e-5, rel=1e-2)
    assert last(VPSDE()) == pytest.approx(math.exp(-10.0001), rel=1e-4)
    # The 200 steps of 3D-CDM never reach pure noise.
    assert last(Linear(steps=200)) == pytest.approx(0.132, abs=1e-3)


@settings(deadline=None)
@given(
    st.sampled_from(SCHEDULES),
    st.sampled_from(["noise", "clean", "velocity"]),
    st.lists(st.floats(0.05, 0.95), min_size=1, max_size=5),
)
def test_the_target_gives_back_the_clean_latents(schedule: Schedule, prediction: str, times: list[float]) -> None:
    timesteps = torch.tensor(times) * schedule.steps
    if schedule.family == "diffusion":
        timesteps = timesteps.long()
    noise = Noise(0, range(2 * len(times)))
    clean, added = noise.normal(3, 2).double().split(len(times))
    noisy = schedule.corrupt(clean, added, timesteps)
    target = schedule.target(prediction, clean, added, timesteps)
    back = schedule.clean(prediction, target, noisy, timesteps)
    torch.testing.assert_close(back, clean, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_levels_are_finite_to_the_very_ends(schedule: Schedule) -> None:
    last = schedule.steps - 1 if schedule.family == "diffusion" else schedule.steps
    level = schedule.level(torch.tensor([0, last]))
    assert level.log_snr.isfinite().all()
    assert level.log_snr[0] > 5
    assert level.log_snr[1] < -1
    assert 0 <= level.time[0] < level.time[1] <= 1


@pytest.mark.parametrize("schedule", DIFFUSIONS)
def test_training_visits_all_timesteps_alike(schedule: Schedule) -> None:
    drawn = schedule.draw(Noise(1, range(20000)))
    assert drawn.dtype == torch.int64
    assert drawn.min() >= 0
    assert drawn.max() < schedule.steps
    counts = torch.histc(drawn.float(), bins=10, min=0, max=schedule.steps)
    assert (counts / 20000 - 0.1).abs().max() < 0.02


def test_flow_times() -> None:
    uniform = RectifiedFlow().draw(Noise(2, range(20000))) / 1000
    assert uniform.mean() == pytest.approx(0.5, abs=0.01)
    assert uniform.std() == pytest.approx(1 / math.sqrt(12), abs=0.01)
    times = RectifiedFlow(times="logit-normal", mean=1.0, std=0.5).draw(Noise(2, range(20000))) / 1000
    logits = torch.logit(times.double())
    assert logits.mean() == pytest.approx(1.0, abs=0.02)
    assert logits.std() == pytest.approx(0.5, abs=0.02)


def test_a_flow_is_a_straight_line() -> None:
    schedule = RectifiedFlow()
    clean, added = torch.full((3, 2), 4.0), torch.full((3, 2), -2.0)
    noisy = schedule.corrupt(clean, added, torch.tensor([0.0, 250.0, 1000.0]))
    torch.testing.assert_close(noisy, torch.tensor([[4.0, 4.0], [2.5, 2.5], [-2.0, -2.0]]))


def test_a_draw_depends_on_its_row_only() -> None:
    for schedule in SCHEDULES:
        together = schedule.draw(Noise(3, [5, 6, 7]))
        assert schedule.draw(Noise(3, [6])) == together[1]


def test_schedules_can_be_built_on_the_meta_device() -> None:
    with torch.device("meta"):
        schedule = Cosine(steps=10)
    assert np.isfinite(schedule.scheduler_config()["trained_betas"]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Linear(steps=0), "0 steps"),
        (lambda: Linear(end=2.0), "strictly between 0 and 1"),
        (lambda: Cosine(steps=-1), "-1 steps"),
        (lambda: RectifiedFlow(std=0.0), "std 0 must be positive"),
    ],
)
def test_mistakes(make, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        make()
