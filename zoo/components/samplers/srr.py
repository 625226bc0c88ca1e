"""VOXPLOER's short-range repulsion (section 4.3, equation 10): steer clear of what is known."""

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Sampler, Schedule, Walk, ZooError
from zoo.components.samplers.repulsion import Repulsion, neighbour_distances
from zoo.components.samplers.transition import transition


class ShortRangeRepulsion(Sampler):
    """Adds to each step of `base` the repulsion of all training latents within a radius of the noisy latent x_t.

    `strength` is lambda_SRR: the paper gives no value, its authors' code has 0.1. The radius tau is `radius_scale`
    times the `radius_quantile` of the training latents' distances to their nearest neighbour, copies of a structure
    left out. The code takes the largest cluster's radius, within which thousands of neighbours add up.

    Equation 10 has a pole at each latent, and crowds of them add up. Distances count as at least a thousandth of the
    radius, and the length of a step's summed displacement is cut off at `cap` times the spread of the noise that the
    step's forward transition adds: at `cap` sqrt(beta_t) in DDPM.

    `clusters` (40 in the code) bears on speed only: those beyond reach are skipped. On a GPU, 1 is faster.
    """

    needs_latents = True

    def __init__(
        self,
        base: Sampler,
        strength: float = 0.1,
        radius_quantile: float = 0.5,
        radius_scale: float = 1.5,
        clusters: int = 40,
        cap: float = 1.0,
    ) -> None:
        _check(strength, radius_quantile, radius_scale, clusters, cap)
        self.base = base
        self.families = base.families
        self.strength = strength
        self.radius_quantile = radius_quantile
        self.radius_scale = radius_scale
        self.clusters = clusters
        self.cap = cap
        self._known: tuple[Tensor, Repulsion] | None = None

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        return self.base.scheduler(schedule)

    def step(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        return self.base.step(walk, scheduler, noisy, timestep) + self._push(walk, scheduler, noisy, timestep)

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        advanced = self.base.advance(walk, scheduler, clean, noisy, timestep)
        return advanced + self._push(walk, scheduler, noisy, timestep)

    def _push(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        push = self.strength * self._repulsion(walk.latents).force(noisy.flatten(1))
        _, spread = transition(walk.schedule, scheduler, timestep)
        longest = self.cap * spread
        length = push.norm(dim=1, keepdim=True)
        capped: Tensor = push * (longest / length.clamp_min(longest))
        return capped.view_as(noisy)

    def _repulsion(self, latents: Tensor) -> Repulsion:
        """The force field of these training latents, made when they are first met."""
        if self._known is None or self._known[0] is not latents:
            flat = latents.flatten(1)
            radius = self.radius_scale * float(torch.quantile(neighbour_distances(flat), self.radius_quantile))
            self._known = latents, Repulsion(flat, radius, self.clusters)
        return self._known[1]


def _check(strength: float, radius_quantile: float, radius_scale: float, clusters: int, cap: float) -> None:
    problems = []
    if strength < 0:
        problems.append(f"srr: strength {strength:g} must not be negative.")
    if not 0 <= radius_quantile <= 1:
        problems.append(f"srr: radius_quantile {radius_quantile:g} must lie in [0, 1].")
    if radius_scale <= 0:
        problems.append(f"srr: radius_scale {radius_scale:g} must be positive.")
    if clusters < 1:
        problems.append(f"srr: {clusters} clusters; there must be at least one.")
    if cap <= 0:
        problems.append(f"srr: cap {cap:g} must be positive.")
    if problems:
        raise ZooError(*problems)
