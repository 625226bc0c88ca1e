"""Rectified flow: straight lines from data to noise (Liu et al. 2022; Lipman et al. 2022)."""

from typing import Any, Literal

import torch
from torch import Tensor

from zoo import Noise, Schedule, ZooError
from zoo.components.schedules.steps import check_steps


class RectifiedFlow(Schedule):
    """x_t = (1 - u) x_0 + u noise with u = t / `steps`; timesteps are real numbers in [0, `steps`].

    Training draws u uniformly or, with `times` "logit-normal", as sigmoid(`mean` + `std` n) with n from N(0, 1) (Esser
    et al. 2024, section 3.1); their shift s of timesteps, u -> s u / (1 + (s - 1) u), adds ln s to the mean. TRELLIS
    trains with mean 1 and std 1; its sigma_min of 1e-5 is left out. How a walk is spaced is the sampler's affair.
    """

    family = "flow"

    def __init__(
        self,
        steps: int = 1000,
        times: Literal["uniform", "logit-normal"] = "uniform",
        mean: float = 0.0,
        std: float = 1.0,
    ) -> None:
        check_steps(steps)
        if std <= 0:
            raise ZooError(f"rectified-flow: std {std:g} must be positive.")
        self.steps = steps
        self.times = times
        self.mean = mean
        self.std = std

    def draw(self, noise: Noise) -> Tensor:
        if self.times == "uniform":
            return noise.uniform() * self.steps
        return torch.sigmoid(self.mean + self.std * noise.normal()) * self.steps

    def signal(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        sigma = timesteps.float() / self.steps
        return 1 - sigma, sigma

    def scheduler_config(self) -> dict[str, Any]:
        return {"num_train_timesteps": self.steps}
