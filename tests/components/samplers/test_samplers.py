"""Samplers on data whose exact denoiser is known, against the equations of their papers, and against brute force."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
import torch
from diffusers import DPMSolverMultistepScheduler
from hypothesis import given, settings, strategies as st
from torch import Tensor

from zoo import Noise, Objective, Sampler, Schedule, Walk, ZooError
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.dpm_solver import DPMSolver, uniform_in_log_snr
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.repulsion import Repulsion, neighbour_distances
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.transition import transition
from zoo.components.samplers.universal import UniversalGuidance
from zoo.components.schedules.cosine import Cosine
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow
from zoo.components.schedules.vp_sde import VPSDE

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


def walk(schedule: Schedule, rows: int = 4, size: int = 5000, latents: Tensor | None = None) -> Walk:
    return Walk(
        predict=gaussian(schedule),
        schedule=schedule,
        shape=(size,),
        noise=Noise(0, range(rows)),
        decode=lambda clean: clean,
        latents=torch.empty(0) if latents is None else latents,
    )


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


def test_a_ddpm_step_is_equation_2() -> None:
    """x_(t-1) = (x_t - beta_t / sqrt(1 - alpha_t^2) phi) / sqrt(1 - beta_t) + rho_t noise, rho_t = sqrt(beta_t)."""
    schedule, sampler = Linear(), DDPM()
    scheduler = sampler.scheduler(schedule)
    beta = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    alpha_squared = torch.cumprod(1 - beta, 0)
    given = walk(schedule, rows=3, size=64)
    noise = Noise(0, range(3))
    for t in (999, 500, 20, 1, 0):
        noisy, predicted_noise = given.noise.normal(2, 64).double().unbind(1)
        noise.normal(2, 64)
        clean = (noisy - (1 - alpha_squared[t]).sqrt() * predicted_noise) / alpha_squared[t].sqrt()
        found = sampler.advance(given, scheduler, clean, noisy, torch.tensor(t))
        step = (noisy - beta[t] / (1 - alpha_squared[t]).sqrt() * predicted_noise) / (1 - beta[t]).sqrt()
        if t > 0:
            step += beta[t].sqrt() * torch.stack(
                [torch.randn(64, generator=g, dtype=torch.float64) for g in noise.generators]
            )
        torch.testing.assert_close(found, step, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("sampler", [DDPM(), DDPM(steps=10), DDIM(steps=10), DPMSolver(), DPMSolver(steps=1)])
@pytest.mark.parametrize("schedule", [Linear(), Linear(steps=200), VPSDE()])
def test_walks_begin_at_the_last_training_step(sampler: Sampler, schedule: Schedule) -> None:
    timesteps = sampler.scheduler(schedule).timesteps.tolist()
    assert timesteps[0] == schedule.steps - 1
    assert timesteps == sorted(set(timesteps), reverse=True)


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


KNOWN = torch.randn(300, 16, generator=torch.Generator().manual_seed(5)) * STD + MEAN


def test_ddim_inverts_along_the_flow_of_a_gaussian() -> None:
    schedule = Linear()
    clean = MEAN + STD * torch.linspace(-2, 2, 9)[None]
    alpha, sigma = (float(value) for value in schedule.signal(torch.tensor(999)))
    # The probability flow of a Gaussian keeps every point at its own number of standard deviations.
    flowed = alpha * MEAN + math.hypot(alpha * STD, sigma) * (clean - MEAN) / STD
    errors = [
        float((DDIM(steps=steps).invert(walk(schedule, 1, 9), clean) - flowed).abs().max()) for steps in (100, 500)
    ]
    assert errors[1] < 0.05
    assert errors[1] < errors[0] / 3


def test_ddim_retraces_its_own_walk() -> None:
    there = walk(Linear(), 1, 9)
    clean = DDIM(steps=500).sample(there)
    torch.testing.assert_close(DDIM(steps=500).invert(there, clean), Noise(0, [0]).normal(9), rtol=0, atol=0.03)


def test_walks_with_noise_cannot_be_inverted() -> None:
    for sampler in (DDIM(eta=0.5), DDPM()):
        with pytest.raises(ZooError, match="invert"):
            sampler.invert(walk(Linear(), 1, 9), torch.zeros(1, 9))


class MeanEnergy(Objective):
    """Squared distance of a structure's mean from the wanted one."""

    def energy(self, structures: Tensor, target) -> Tensor:
        return (structures.mean(1) - target["mean"]).square()


@pytest.mark.parametrize(
    ("sampler", "schedule"),
    [
        (DDPM(steps=30), Linear()),
        (DDIM(steps=10, eta=0.5), Linear()),
        (DPMSolver(), Linear()),
        (Euler(steps=10), RectifiedFlow()),
        (ShortRangeRepulsion(DDPM(steps=30), clusters=5), Linear()),
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


def literal_force(point: Tensor, known: Tensor, radius: float) -> Tensor:
    """The sum in equation 10, neighbour by neighbour."""
    total = torch.zeros_like(point)
    for neighbour in known:
        distance = float((neighbour - point).norm())
        if distance < radius:
            distance = max(distance, 1e-3 * radius)
            total += (neighbour - point) / distance / math.log(1 - distance / radius)
    return total


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 40),
    st.integers(1, 6),
    st.integers(1, 12),
    st.floats(0.05, 5.0),
    st.floats(0.0, 100.0),
    st.integers(0, 2**31),
)
def test_clustered_search_is_brute_force(
    count: int, size: int, clusters: int, radius: float, offset: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    known = torch.randn(count, size, generator=generator, dtype=torch.float64) + offset
    # Some neighbours twice, and some points on top of a neighbour.
    known = torch.cat([known, known[: count // 3]])
    points = torch.cat([torch.randn(6, size, generator=generator, dtype=torch.float64) + offset, known[:2]])
    expected = torch.stack([literal_force(point, known, radius) for point in points])
    found = Repulsion(known, radius, clusters).force(points)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_far_clusters_are_skipped_and_near_ones_are_not() -> None:
    near, far = torch.randn(20, 3), torch.randn(20, 3) + 1000
    repulsion = Repulsion(torch.cat([near, far]), radius=3.0, clusters=2)
    assert sorted(len(members) for members in repulsion.members) == [20, 20]
    points = torch.randn(5, 3)
    expected = torch.stack([literal_force(point, near, 3.0) for point in points])
    torch.testing.assert_close(repulsion.force(points), expected, rtol=1e-4, atol=1e-4)
    assert torch.equal(repulsion.force(points + 500), torch.zeros(5, 3))


def test_the_kernel() -> None:
    """-1 / ln(1 - d / radius), away from the neighbour, and nothing from the radius on."""
    repulsion = Repulsion(torch.zeros(1, 2, dtype=torch.float64), radius=2.0, clusters=1)
    distances = torch.tensor([0.02, 1.0, 1.8, 1.98, 2.0, 2.1], dtype=torch.float64)
    force = repulsion.force(torch.stack([distances, torch.zeros(6, dtype=torch.float64)], 1))
    assert force[:, 0].tolist() == pytest.approx([99.499, 1.4427, 0.4343, 0.2171, 0.0, 0.0], rel=1e-3)
    assert force[:, 1].tolist() == [0.0] * 6


def test_the_radius_comes_from_neighbours_that_differ() -> None:
    grid = torch.arange(5.0)[:, None] * torch.tensor([[3.0, 4.0]])
    copies = torch.cat([grid, grid, grid * (1 + 1e-6)])
    torch.testing.assert_close(neighbour_distances(copies), torch.full((15,), 5.0))
    with pytest.raises(ZooError, match="all alike"):
        neighbour_distances(torch.ones(4, 2))


def test_neighbour_distances_are_those_of_a_tree() -> None:
    from scipy.spatial import KDTree

    known = torch.randn(2500, 3, generator=torch.Generator().manual_seed(1))
    expected = KDTree(known.double().numpy()).query(known.double().numpy(), k=2)[0][:, 1]
    found = neighbour_distances(known)
    distinct = expected > 2e-2 * math.sqrt(3)
    np.testing.assert_allclose(found.numpy()[distinct], expected[distinct], rtol=1e-3)


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
