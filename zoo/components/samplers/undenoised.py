"""Samplers that draw latents in one go, from what is known of the training latents, and ask no denoiser."""

from diffusers.schedulers.scheduling_utils import SchedulerMixin

from zoo import Schedule
from zoo.components.samplers.ddpm import DDPM
from zoo.components.samplers.euler import Euler
from zoo.components.samplers.scheduler_walk import SchedulerWalk


class Undenoised(SchedulerWalk):
    """Its scheduler, of all the schedule's steps, is there for published folders, which hold one: nothing walks by
    it."""

    families = ("diffusion", "flow")
    needs_latents = True
    needs_denoiser = False

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        walk = DDPM() if schedule.family == "diffusion" else Euler(schedule.steps)
        return walk.scheduler(schedule)
