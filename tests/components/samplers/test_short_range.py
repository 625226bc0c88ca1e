"""Short-range repulsion reaches few known latents, whatever their dimensions, and its strength means something."""

import pytest
import torch
from torch import Tensor

from zoo import Noise, Walk
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.repelled import Repelled
from zoo.components.samplers.repulsion import pair_distance
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.transition import transition
from zoo.components.schedules.linear import Linear

KNOWN, DRAWN = 2000, 100
SCHEDULE = Linear()
TIMES = range(999, -1, -74)


class Walked:
    """Training latents of some spectrum, and noisy latents of other data of the same law along the walk."""

    def __init__(self, dimensions: int, decay: float) -> None:
        generator = torch.Generator().manual_seed(dimensions)
        spectrum = torch.arange(1, dimensions + 1) ** -decay
        spectrum /= spectrum.square().mean().sqrt()
        self.known, clean = (spectrum * torch.randn(n, dimensions, generator=generator) for n in (KNOWN, DRAWN))
        self.noisy = []
        for t in TIMES:
            alpha, sigma = (float(value) for value in SCHEDULE.signal(torch.tensor(t)))
            self.noisy.append(alpha * clean + sigma * torch.randn(DRAWN, dimensions, generator=generator))

    def pushes(self, sampler: Repelled) -> Tensor:
        """The length of each step's push, as the sampler reports it: `[steps, DRAWN]`."""
        reported: list[Tensor] = []
        walk = walk_of(self.known, DRAWN, reported.append)
        scheduler = sampler.scheduler(SCHEDULE)
        for t, noisy in zip(TIMES, self.noisy, strict=True):
            sampler.advance(walk, scheduler, noisy, noisy, torch.tensor(t))
        return torch.stack(reported)


def walk_of(known: Tensor, rows: int, record=None) -> Walk:
    shape = tuple(known.shape[1:])
    return Walk(lambda noisy, _: noisy, SCHEDULE, shape, Noise(0, range(rows)), lambda z: z, known, record)


@pytest.fixture(
    scope="module", params=[(20, 0.0), (20, 1.0), (64, 0.0), (64, 0.5), (343, 0.0), (343, 0.5), (1331, 0.5)]
)
def walked(request: pytest.FixtureRequest) -> Walked:
    """Dimensions, and the power by which the spread falls from one to the next."""
    return Walked(*request.param)


def test_one_latent_in_a_hundred_is_within_the_radius_at_most(walked: Walked) -> None:
    radius = pair_distance(walked.known, ShortRangeRepulsion(DDPM()).coverage)
    covered = [float((torch.cdist(noisy, walked.known) < radius).float().mean()) for noisy in walked.noisy]
    assert 0 < sum(covered) / len(covered) <= 0.01


def test_ten_times_the_strength_pushes_at_least_three_times_as_far(walked: Walked) -> None:
    medians = []
    for strength in (0.01, 0.1, 1.0):
        pushes = walked.pushes(ShortRangeRepulsion(DDPM(), strength=strength, clusters=1))
        medians.append(float(pushes[pushes > 0].median()))
        assert float(pushes.max()) <= 1.0001
    assert medians[1] > 3 * medians[0]
    assert medians[2] > 3 * medians[1]


def test_a_push_is_reported_in_units_of_the_noise() -> None:
    known = torch.randn(50, 9, generator=torch.Generator().manual_seed(2))
    reported: list[Tensor] = []
    walk, sampler = walk_of(known, 50, reported.append), ShortRangeRepulsion(DDIM(1000), coverage=0.2)
    scheduler, noisy, timestep = sampler.scheduler(SCHEDULE), known + 0.01, torch.tensor(400)
    moved = sampler.advance(walk, scheduler, noisy, noisy, timestep)
    moved -= sampler.base.advance(walk, scheduler, noisy, noisy, timestep)
    _, spread = transition(SCHEDULE, scheduler, timestep)
    assert len(reported) == 1
    torch.testing.assert_close(reported[0], moved.norm(dim=1) / (3 * spread), rtol=1e-3, atol=1e-5)
