"""Euler's method along a rectified flow (Liu et al. 2022)."""

import numpy as np
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Schedule, Walk, ZooError
from zoo.components.samplers.scheduler_walk import SchedulerWalk, check_walk


class Euler(SchedulerWalk):
    """`steps` steps from pure noise (time 1) to clean latents (time 0), at times s u / (1 + (s - 1) u) with u
    equidistant and s = `shift` (Esser et al. 2024, equation 23; TRELLIS calls it `rescale_t`): above 1, steps are finer
    near noise.
    """

    families = ("flow",)

    def __init__(self, steps: int = 50, shift: float = 1.0) -> None:
        if shift <= 0:
            raise ZooError(f"euler: shift {shift:g} must be positive.")
        self.steps = steps
        self.shift = shift

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        check_walk("euler", self.steps, schedule)
        scheduler = FlowMatchEulerDiscreteScheduler(**schedule.scheduler_config(), shift=self.shift)
        # Its own spacing ends short of 0 and so takes other steps than the papers do.
        scheduler.set_timesteps(sigmas=np.linspace(1, 0, self.steps + 1)[:-1])
        return scheduler

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        velocity = (noisy - clean) / walk.schedule.signal(timestep)[1]
        return super().advance(walk, scheduler, velocity, noisy, timestep)
