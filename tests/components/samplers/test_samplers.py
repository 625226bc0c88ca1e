"""All samplers: on data whose exact denoiser is known, item by item, and what is refused."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from exact_walks import KNOWN, MEAN, STD, MeanEnergy, columns, walk
from zoo import Noise, Sampler, Schedule, ZooError
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.srr_as_printed import PrintedRepulsion
from zoo.components.samplers.srr_as_released import ReleasedRepulsion
from zoo.components.samplers.universal import UniversalGuidance
from zoo.components.schedules.cosine import Cosine
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow
from zoo.components.schedules.vp_sde import VPSDE


def two_modes(schedule: Schedule) -> Callable[[Tensor, Tensor], Tensor]:
    """The posterior mean of a mixture, element by element: 70 % N(1, 0.2^2), 30 % N(-1, 0.2^2)."""

    def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
        alpha, sigma = columns(schedule, timesteps)
        variance = alpha**2 * 0.04 + sigma**2
        logit = math.log(0.7 / 0.3) + 2 * alpha * noisy / variance
        weight = torch.sigmoid(logit)
        gain = alpha * 0.04 / variance
        return weight * (1 + gain * (noisy - alpha)) + (1 - weight) * (-1 + gain * (noisy + alpha))

    return predict


EVERY = [
    (DDPM(), Linear(), 0.02),
    (DDPM(variance="small"), Linear(), 0.02),
    (DDPM(), Cosine(), 0.02),
    (DDPM(steps=200, variance="large"), VPSDE(), 0.03),
    (DDIM(steps=50), Linear(), 0.07),
    (DDIM(steps=100, eta=1.0), Cosine(), 0.07),
    (DPMSolver(steps=20), Linear(), 0.02),
    (DPMSolver(steps=20), Cosine(), 0.02),
    (DPMSolver(steps=20), VPSDE(), 0.02),
    (Euler(steps=50), RectifiedFlow(), 0.04),
    (Euler(steps=50, shift=2.0), RectifiedFlow(steps=10**4), 0.07),
]


@pytest.mark.parametrize(("sampler", "schedule", "tolerance"), EVERY)
def test_a_gaussian_is_recovered(sampler: Sampler, schedule: Schedule, tolerance: float) -> None:
    drawn = sampler.sample(walk(schedule))
    assert drawn.mean() == pytest.approx(MEAN, abs=0.02)
    assert drawn.std() == pytest.approx(STD, rel=tolerance)


@pytest.mark.parametrize(
    ("sampler", "schedule"),
    [(DDPM(), Linear()), (DDIM(), Linear()), (DPMSolver(), Linear()), (Euler(), RectifiedFlow())],
)
def test_both_modes_of_a_mixture_are_found(sampler: Sampler, schedule: Schedule) -> None:
    drawn = sampler.sample(replace(walk(schedule), predict=two_modes(schedule)))
    upper = drawn > 0
    assert upper.float().mean() == pytest.approx(0.7, abs=0.02)
    assert drawn[upper].mean() == pytest.approx(1, abs=0.02)
    assert drawn[~upper].mean() == pytest.approx(-1, abs=0.02)
    assert drawn[upper].std() == pytest.approx(0.2, rel=0.2)


def test_more_steps_come_closer() -> None:
    """DDIM's error in spread falls about as 1 / steps, that of the second-order solver faster."""

    def error(sampler: Sampler) -> float:
        start = walk(Linear(), rows=1, size=20000)
        exact = (start.noise.normal(20000) * STD + MEAN).std()
        return abs(float(sampler.sample(walk(Linear(), rows=1, size=20000)).std() / exact) - 1)

    coarse, fine = error(DDIM(50)), error(DDIM(200))
    assert 2.5 < coarse / fine < 6
    assert error(DPMSolver(20)) < fine


@pytest.mark.parametrize("sampler", [DDPM(), DDPM(steps=10), DDIM(steps=10), DPMSolver(), DPMSolver(steps=1)])
@pytest.mark.parametrize("schedule", [Linear(), Linear(steps=200), VPSDE()])
def test_walks_begin_at_the_last_training_step(sampler: Sampler, schedule: Schedule) -> None:
    timesteps = sampler.scheduler(schedule).timesteps.tolist()
    assert timesteps[0] == schedule.steps - 1
    assert timesteps == sorted(set(timesteps), reverse=True)


def test_walks_with_noise_cannot_be_inverted() -> None:
    for sampler in (DDIM(eta=0.5), DDPM()):
        with pytest.raises(ZooError, match="invert"):
            sampler.invert(walk(Linear(), 1, 9), torch.zeros(1, 9))


@pytest.mark.parametrize(
    ("sampler", "schedule"),
    [
        (DDPM(steps=30), Linear()),
        (DDIM(steps=10, eta=0.5), Linear()),
        (DPMSolver(), Linear()),
        (Euler(steps=10), RectifiedFlow()),
        (ShortRangeRepulsion(DDPM(steps=30), clusters=5), Linear()),
        (PrintedRepulsion(DDPM(steps=30), strength=0.01, radius=2.0, clusters=5), Linear()),
        (ReleasedRepulsion(DDPM(steps=30), strength=0.01, clusters=5), Linear()),
        (UniversalGuidance(DPMSolver(), MeanEnergy(), {"mean": 3.0}, backward_steps=2), Linear()),
        (UniversalGuidance(DDIM(steps=10), MeanEnergy(), {"mean": 3.0}, recurrence=3), Linear()),
    ],
)
def test_a_sample_depends_on_seed_and_index_only(sampler: Sampler, schedule: Schedule) -> None:
    def chunk(items: list[int]) -> Tensor:
        return sampler.sample(replace(walk(schedule, size=16, latents=KNOWN), noise=Noise(9, items)))

    together = chunk(list(range(8)))
    alone = torch.cat([chunk([i]) for i in range(8)])
    torch.testing.assert_close(alone, together, rtol=1e-4, atol=1e-5)
    # Of the same chunk size, not even the rounding may differ.
    assert torch.equal(chunk([3, 11, 2, 12, 1, 13, 0, 14])[::2].flip(0), together[:4])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DDPM(steps=1).scheduler(Linear()), "ddpm: 1 steps; this schedule allows 2 to 1000"),
        (lambda: DDPM(steps=2000).scheduler(Linear()), "2 to 1000"),
        (lambda: DDIM(eta=2.0), "eta 2 must lie"),
        (lambda: DDIM(steps=30).scheduler(Linear(steps=100)), "30 steps do not divide .*100; legal: .*25, 50, 100"),
        (lambda: DPMSolver(steps=0).scheduler(Linear()), "dpm-solver: 0 steps"),
        (lambda: Euler(shift=0.0), "shift 0 must be positive"),
        (lambda: ShortRangeRepulsion(DDPM(), clusters=0, cap=-1.0), "0 clusters(.|\n)*cap -1"),
        (lambda: ShortRangeRepulsion(DDPM(), strength=-1.0, coverage=1.0), "strength -1(.|\n)*coverage 1 must lie"),
        (lambda: PrintedRepulsion(DDPM(), strength=1.0, radius=0.0), "radius 0 and 40 clusters must be positive"),
        (lambda: ReleasedRepulsion(DDPM(), strength=-1.0), "strength -1 must not be negative"),
        (lambda: UniversalGuidance(DDPM(), MeanEnergy(), {}, recurrence=0), "recurrence 0"),
        (lambda: UniversalGuidance(DDPM(), MeanEnergy(), {}, share=0.0), "share 0 must lie between 0 and 1"),
        (lambda: UniversalGuidance(DPMSolver(), MeanEnergy(), {}, recurrence=2), "remembers its last step"),
        (
            lambda: UniversalGuidance(
                ShortRangeRepulsion(UniversalGuidance(DDPM(), MeanEnergy(), {})), MeanEnergy(), {}
            ),
            "guided already",
        ),
    ],
)
def test_mistakes(make, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        make()
