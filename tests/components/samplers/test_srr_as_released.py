"""Repulsion as released against a literal loop."""

import math

import torch
from torch import Tensor

from exact_walks import walk
from zoo import Sampler
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.repulsion import k_means
from zoo.components.samplers.srr_as_released import ReleasedRepulsion
from zoo.components.schedules.linear import Linear

SCHEDULE = Linear()


def literal_release(point: Tensor, clusters: list[Tensor], centroids: Tensor, strength: float) -> Tensor:
    """Neighbour by neighbour: the first cluster that has the point within its radius, and the largest radius as tau."""
    radii = [float((group - centre).norm(dim=1).max()) for group, centre in zip(clusters, centroids, strict=True)]
    force = torch.zeros_like(point)
    for group, centre, reach in zip(clusters, centroids, radii, strict=True):
        if float((point - centre).norm()) <= reach:
            for member in group:
                distance = float((point - member).norm())
                if 1e-8 < distance < max(radii):
                    size = -strength / math.log(max(1 - distance / max(radii), 1e-8))
                    force += size * (point - member) / (distance + 1e-3)
            break
    return force


def test_every_fifth_step_as_released_is_pushed_by_one_cluster() -> None:
    generator = torch.Generator().manual_seed(4)
    known = torch.randn(80, 6, generator=generator, dtype=torch.float64)
    noisy = 1.3 * torch.randn(12, 6, generator=generator, dtype=torch.float64)
    sampler, base = ReleasedRepulsion(DDIM(100), clusters=5), DDIM(100)
    centroids, labels = k_means(known, 5)
    groups = [known[labels == k] for k in range(5)]
    expected = torch.stack([literal_release(point, groups, centroids, 0.1) for point in noisy])
    assert 0 < int((expected.norm(dim=1) == 0).sum()) < 12
    start = walk(SCHEDULE, rows=12, size=6, latents=known)
    timesteps = base.scheduler(SCHEDULE).timesteps

    def push(number: int) -> Tensor:
        def advanced(stepper: Sampler) -> Tensor:
            return stepper.advance(start, stepper.scheduler(SCHEDULE), noisy, noisy, timesteps[number])

        return advanced(sampler) - advanced(base)

    for number in (0, 5, 95):
        torch.testing.assert_close(push(number), expected, rtol=1e-5, atol=1e-7)
    for number in (1, 4, 99):
        assert not push(number).any()
