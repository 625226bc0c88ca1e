"""Universal guidance against its equations."""

import math
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from exact_walks import KNOWN, MEAN, STD, MeanEnergy, gaussian, walk
from zoo import Objective, Sampler, Schedule
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.universal import UniversalGuidance
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow


@pytest.mark.parametrize(
    ("base", "schedule"),
    [(DDPM(steps=50), Linear()), (DDIM(), Linear()), (DPMSolver(), Linear()), (Euler(), RectifiedFlow())],
)
class TestUniversalGuidance:
    def sample(self, sampler: Sampler, schedule: Schedule) -> Tensor:
        return sampler.sample(walk(schedule, rows=200, size=8, latents=KNOWN[:, :8]))

    def energy(self, drawn: Tensor) -> float:
        return float(MeanEnergy().energy(drawn, {"mean": 2.0}).mean())

    def test_without_any_guidance_it_is_its_base(self, base: Sampler, schedule: Schedule) -> None:
        idle = UniversalGuidance(base, MeanEnergy(), {"mean": 2.0}, strength=0.0)
        assert torch.equal(self.sample(idle, schedule), self.sample(base, schedule))

    def test_forward_guidance_lowers_the_energy(self, base: Sampler, schedule: Schedule) -> None:
        guided = UniversalGuidance(base, MeanEnergy(), {"mean": 2.0}, strength=40.0)
        drawn = self.sample(guided, schedule)
        assert self.energy(drawn) < 0.5 * self.energy(self.sample(base, schedule))
        # What the objective does not see keeps its spread.
        deviation = drawn - drawn.mean(1, keepdim=True)
        assert deviation.square().mean().sqrt() == pytest.approx(STD * math.sqrt(7 / 8), rel=0.1)

    def test_backward_guidance_lowers_the_energy(self, base: Sampler, schedule: Schedule) -> None:
        guided = UniversalGuidance(base, MeanEnergy(), {"mean": 2.0}, strength=0.0, backward_steps=5, backward_lr=0.5)
        assert self.energy(self.sample(guided, schedule)) < 0.2 * self.energy(self.sample(base, schedule))

    def test_guidance_rests_until_its_share_of_the_time(self, base: Sampler, schedule: Schedule) -> None:
        seen: list[float] = []

        class Watched(MeanEnergy):
            def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
                seen.append(1)
                return super().energy(structures, target)

        timesteps = base.scheduler(schedule).timesteps
        self.sample(UniversalGuidance(base, Watched(), {"mean": 2.0}, share=0.2), schedule)
        assert 0 < len(seen) == int((timesteps <= 200).sum()) < len(timesteps)

    def test_with_repulsion_either_way_round(self, base: Sampler, schedule: Schedule) -> None:
        inner = UniversalGuidance(ShortRangeRepulsion(base), MeanEnergy(), {"mean": 2.0})
        outer = ShortRangeRepulsion(UniversalGuidance(base, MeanEnergy(), {"mean": 2.0}))
        assert inner.needs_latents
        assert inner.families == outer.families == base.families
        torch.testing.assert_close(self.sample(inner, schedule), self.sample(outer, schedule))


@pytest.mark.parametrize(
    ("base", "schedule"), [(DDPM(steps=50), Linear()), (DDIM(), Linear()), (Euler(), RectifiedFlow())]
)
def test_recurrence_alone_changes_no_distribution(base: Sampler, schedule: Schedule) -> None:
    again = UniversalGuidance(base, MeanEnergy(), {"mean": 2.0}, strength=0.0, recurrence=3)
    drawn, plain = (sampler.sample(walk(schedule, rows=4)) for sampler in (again, base))
    assert not torch.equal(drawn, plain)
    assert drawn.mean() == pytest.approx(MEAN, abs=0.02)
    assert drawn.std() == pytest.approx(STD, rel=0.12)


def test_forward_guidance_is_equation_6() -> None:
    schedule = Linear()
    sampler = UniversalGuidance(DDIM(1000), MeanEnergy(), {"mean": 2.0}, strength=3.0)
    start = walk(schedule, rows=5, size=8)
    scheduler = sampler.scheduler(schedule)
    noisy, timestep = start.noise.normal(8), torch.tensor(300)
    alpha, sigma = schedule.signal(timestep)
    gain = alpha * STD**2 / (alpha**2 * STD**2 + sigma**2)
    clean = gaussian(schedule)(noisy, timestep.expand(5))
    gradient = gain * 2 * (clean.mean(1, keepdim=True) - 2.0) / 8
    noise = (noisy - alpha * clean) / sigma + 3.0 * sigma * gradient
    guided = (noisy - sigma * noise) / alpha
    expected = sampler.base.advance(start, scheduler, guided, noisy, timestep)
    torch.testing.assert_close(sampler.step(start, scheduler, noisy, timestep), expected, rtol=1e-4, atol=1e-5)


def test_backward_guidance_is_gradient_descent_on_the_clean_latents() -> None:
    schedule = Linear()
    sampler = UniversalGuidance(
        DDIM(1000), MeanEnergy(), {"mean": 2.0}, strength=0.0, backward_steps=3, backward_lr=0.4
    )
    start = walk(schedule, rows=5, size=8)
    scheduler = sampler.scheduler(schedule)
    noisy, timestep = start.noise.normal(8), torch.tensor(300)
    clean = gaussian(schedule)(noisy, timestep.expand(5))
    # The mean is all that moves: a step brings it nearer by the factor 1 - 2 rate / 8. The rate falls by thirds.
    missing = clean.mean(1, keepdim=True) - 2.0
    left = (1 - 2 * 0.4 / 8) * (1 - 2 * 0.4 * 2 / 3 / 8) * (1 - 2 * 0.4 / 3 / 8)
    guided = clean + missing * (left - 1)
    expected = sampler.base.advance(start, scheduler, guided, noisy, timestep)
    torch.testing.assert_close(sampler.step(start, scheduler, noisy, timestep), expected, rtol=1e-4, atol=1e-5)


def test_backward_guidance_comes_to_rest_in_a_kink() -> None:
    """Steps of one length would end 0.4 / 8 or so away."""

    class Kink(Objective):
        def energy(self, structures: Tensor, target) -> Tensor:
            return (structures.mean(1) - target["mean"]).abs()

    schedule = Linear()
    sampler = UniversalGuidance(
        DDIM(1000), Kink(), {"mean": 0.5}, strength=0.0, backward_steps=200, backward_lr=0.4, share=0.002
    )
    drawn = sampler.sample(walk(schedule, rows=50, size=8))
    assert float((drawn.mean(1) - 0.5).abs().max()) < 0.002
