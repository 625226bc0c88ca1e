"""The step of samplers that leave it to a diffusers scheduler."""

from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Sampler, Schedule, Walk, ZooError


class SchedulerWalk(Sampler):
    """Its scheduler takes the predicted clean latents (`prediction_type` "sample"), unclipped, and each row's noise
    from that row's generator."""

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        stepped: Tensor = scheduler.step(clean, timestep, noisy, generator=walk.noise.generators, return_dict=False)[0]
        return stepped


def check_walk(name: str, steps: int, schedule: Schedule, least: int = 1) -> None:
    """ZooError unless a walk of `steps` steps fits the schedule."""
    if not least <= steps <= schedule.steps:
        raise ZooError(f"{name}: {steps} steps; this schedule allows {least} to {schedule.steps}.")
