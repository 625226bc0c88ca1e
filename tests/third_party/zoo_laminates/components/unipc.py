"""UniPC (Zhao et al. 2023): every step is corrected once its result is known."""

from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Sampler, Schedule, Walk, ZooError


class UniPC(Sampler):
    """Second order, without noise, in `steps` steps."""

    families = ("diffusion",)

    def __init__(self, steps: int = 20) -> None:
        self.steps = steps

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        if not 1 <= self.steps <= schedule.steps:
            raise ZooError(f"unipc: {self.steps} steps; this schedule allows 1 to {schedule.steps}")
        scheduler = UniPCMultistepScheduler(
            **schedule.scheduler_config(), prediction_type="sample", final_sigmas_type="zero"
        )
        scheduler.set_timesteps(self.steps)
        return scheduler

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return scheduler.step(clean, timestep, noisy, return_dict=False)[0]
