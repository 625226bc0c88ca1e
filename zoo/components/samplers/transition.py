"""The law of a noisy latent given the next, less noisy one of a walk."""

from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Schedule


def transition(schedule: Schedule, scheduler: SchedulerMixin, timestep: Tensor) -> tuple[float, float]:
    """Ratio and spread of q(x_t | x_s) = N(ratio x_s, spread^2), s being the timestep that follows t in the walk.

    What follows the last timestep is the clean latent. For neighbouring timesteps of a diffusion the spread is
    sqrt(beta_t).
    """
    index = int((scheduler.timesteps == timestep).nonzero()[0])
    alpha, sigma = (float(value) for value in schedule.signal(timestep))
    later_alpha, later_sigma = 1.0, 0.0
    if index + 1 < len(scheduler.timesteps):
        later_alpha, later_sigma = (float(value) for value in schedule.signal(scheduler.timesteps[index + 1]))
    ratio = alpha / later_alpha
    return ratio, float(max(0.0, sigma**2 - (ratio * later_sigma) ** 2) ** 0.5)
