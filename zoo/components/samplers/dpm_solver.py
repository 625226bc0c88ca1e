"""DPM-Solver++(2M) (Lu et al. 2022, "DPM-Solver++", algorithm 2)."""

import numpy as np
import torch
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_utils import SchedulerMixin

from zoo import Schedule
from zoo.components.samplers.scheduler_walk import SchedulerWalk, check_walk

LOWEST_LOG_SNR = -10.2
"""Where the walk may begin: Lu et al. 2022, "DPM-Solver", appendix D.3, cut the cosine schedule at half of it, -5.1."""


class DPMSolver(SchedulerWalk):
    """Second-order multistep solver of the probability-flow ODE: about 20 steps do what DDPM does in hundreds.

    Timesteps are uniform in log-SNR, rounded to training timesteps, from the last of training to 0 and then to the
    clean latents. diffusers' own `use_lu_lambdas` keeps unrounded noise levels for rounded timesteps and may repeat a
    timestep; ours are all different, and the solver integrates between the very levels that the denoiser is told.
    """

    families = ("diffusion",)

    def __init__(self, steps: int = 20) -> None:
        self.steps = steps

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        check_walk("dpm-solver", self.steps, schedule)
        scheduler = DPMSolverMultistepScheduler(
            **schedule.scheduler_config(),
            prediction_type="sample",
            algorithm_type="dpmsolver++",
            solver_order=2,
        )
        scheduler.set_timesteps(timesteps=uniform_in_log_snr(schedule, self.steps))
        return scheduler


def uniform_in_log_snr(schedule: Schedule, steps: int) -> list[int]:
    """`steps` different training timesteps, falling, about equidistant in log-SNR."""
    log_snr = schedule.level(torch.arange(schedule.steps)).log_snr.double().numpy()
    levels = np.linspace(max(log_snr[-1], LOWEST_LOG_SNR), log_snr[0], steps)
    timesteps = np.interp(-levels, -log_snr, np.arange(schedule.steps)).round().astype(int)
    # Near 0 a step of log-SNR is less than one timestep: push the ones above up, as little as makes all different.
    ladder = np.arange(steps)[::-1]
    spare = np.maximum.accumulate((timesteps - ladder)[::-1])[::-1]
    return [int(timestep) for timestep in np.minimum(spare, schedule.steps - steps) + ladder]
