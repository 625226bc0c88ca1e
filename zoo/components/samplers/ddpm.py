"""Ancestral sampling (Ho et al. 2020, algorithm 2; VOXPLOER, equation 2)."""

from typing import Literal

from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin

from zoo import Schedule
from zoo.components.samplers.scheduler_walk import SchedulerWalk, check_walk


class DDPM(SchedulerWalk):
    """The reverse chain, over all training timesteps or, with `steps`, over that many equidistant ones, the first and
    the last included.

    The `variance` of a step is beta_t ("large": VOXPLOER leaves rho_t open, its authors' code takes sqrt(beta_t)) or
    that of the posterior given x_0 ("small"). The step from timestep 0 adds no noise.
    """

    families = ("diffusion",)

    def __init__(self, steps: int | None = None, variance: Literal["large", "small"] = "large") -> None:
        self.steps = steps
        self.variance = variance

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        steps = schedule.steps if self.steps is None else self.steps
        check_walk("ddpm", steps, schedule, least=min(2, schedule.steps))
        scheduler = DDPMScheduler(
            **schedule.scheduler_config(),
            prediction_type="sample",
            variance_type=f"fixed_{self.variance}",
            clip_sample=False,
            timestep_spacing="linspace",
        )
        scheduler.set_timesteps(steps)
        return scheduler
