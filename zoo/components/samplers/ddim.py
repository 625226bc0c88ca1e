"""DDIM (Song et al. 2020, equations 12 and 16)."""

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Schedule, Walk, ZooError
from zoo.components.samplers.scheduler_walk import SchedulerWalk, check_walk


class DDIM(SchedulerWalk):
    """`steps` equidistant timesteps, beginning with the last of training ("trailing" spacing, Lin et al. 2023): 50 of
    1000 are 999, 979, ..., 19, and then come the clean latents. diffusers' default would begin at 980, where latents
    are not yet pure noise. `steps` must divide the schedule's.

    `eta` is the share of noise: 0 is deterministic, 1 ancestral.
    """

    families = ("diffusion",)

    def __init__(self, steps: int = 50, eta: float = 0.0) -> None:
        if not 0 <= eta <= 1:
            raise ZooError(f"ddim: eta {eta:g} must lie in [0, 1].")
        self.steps = steps
        self.eta = eta

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        check_walk("ddim", self.steps, schedule)
        # The scheduler finds the next timestep by subtracting a whole number.
        if schedule.steps % self.steps:
            legal = [n for n in range(1, schedule.steps + 1) if schedule.steps % n == 0]
            raise ZooError(f"ddim: {self.steps} steps do not divide the schedule's {schedule.steps}; legal: {legal}.")
        scheduler = DDIMScheduler(
            **schedule.scheduler_config(),
            prediction_type="sample",
            clip_sample=False,
            timestep_spacing="trailing",
        )
        scheduler.set_timesteps(self.steps)
        return scheduler

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        stepped: Tensor = scheduler.step(
            clean, timestep, noisy, eta=self.eta, generator=walk.noise.generators, return_dict=False
        )[0]
        return stepped

    @torch.no_grad()
    def invert(self, walk: Walk, clean: Tensor) -> Tensor:
        """Retraces the walk (Song et al. 2020, section 4.3): each step takes the noise predicted at its upper end.

        First order, as the walk itself: the way there and back closes as `steps` grows. Needs `eta` 0.
        """
        if self.eta:
            raise ZooError(f"ddim: only a walk without noise can be inverted; eta is {self.eta:g}.")
        noisy, alpha, sigma = clean, 1.0, 0.0
        for timestep in self.scheduler(walk.schedule).timesteps.flip(0):
            upper_alpha, upper_sigma = (float(value) for value in walk.schedule.signal(timestep))
            predicted = walk.predict(noisy, timestep.to(noisy.device).expand(len(noisy)))
            noise = (noisy - upper_alpha * predicted) / upper_sigma
            noisy = upper_alpha * (noisy - sigma * noise) / alpha + upper_sigma * noise
            alpha, sigma = upper_alpha, upper_sigma
        return noisy
