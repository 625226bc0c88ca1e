"""Sign truncation: a walk to latents that are -1 or 1 (LAS-Diffusion, Zheng et al. 2023; Yang et al. 2024, released
code)."""

from dataclasses import replace

from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Sampler, Schedule, Walk, ZooError


class SignTruncation(Sampler):
    """The steps of `base`, each with the predicted clean latents cut off at -`limit` and `limit`, and once less than
    the share `below` of the schedule's time is left, replaced by their signs.

    That is what a denoiser is shown as its own previous answer, too. For latents that are -1 or 1, as those of the
    encoders `identity` and `octant`, without `latent_norm`. A prediction of exactly 0 stays 0.
    """

    def __init__(self, base: Sampler, below: float = 0.7, limit: float = 1.0) -> None:
        problems = []
        if not 0 <= below <= 1:
            problems.append(f"sign-truncation: below {below:g} must lie in [0, 1].")
        if limit <= 0:
            problems.append(f"sign-truncation: limit {limit:g} must be positive.")
        if problems:
            raise ZooError(*problems)
        self.base = base
        self.families = base.families
        self.needs_latents = base.needs_latents
        self.needs_denoiser = base.needs_denoiser
        self.below = below
        self.limit = limit

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        return self.base.scheduler(schedule)

    def step(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
            return self._edited(walk, walk.predict(noisy, timesteps), timestep)

        return self.base.step(replace(walk, predict=predict), scheduler, noisy, timestep)

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return self.base.advance(walk, scheduler, self._edited(walk, clean, timestep), noisy, timestep)

    def _edited(self, walk: Walk, clean: Tensor, timestep: Tensor) -> Tensor:
        late = float(timestep) < self.below * walk.schedule.steps
        edited = (clean.sign() if late else clean).clamp(-self.limit, self.limit)
        if walk.answered is not None:
            walk.answered(edited)
        return edited
