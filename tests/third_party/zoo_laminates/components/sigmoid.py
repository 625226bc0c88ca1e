"""The sigmoid schedule (Jabri, Fleet & Chen 2023, algorithm 1)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from zoo import Noise, Schedule, ZooError

MIN_SIGNAL = 1e-4
"""The paper's signal ends at zero, which no diffusers scheduler can begin from: alpha^2 ends here."""


class Sigmoid(Schedule):
    """alpha^2 falls from 1 to 0 as the logistic function of `start` to `end` does, over `steps` timesteps."""

    family = "diffusion"

    def __init__(self, steps: int = 1000, start: float = -3.0, end: float = 3.0) -> None:
        if start >= end:
            raise ZooError(f"sigmoid: start {start:g} is not below end {end:g}")
        self.steps = steps
        curve = 1 / (1 + np.exp(-np.linspace(start, end, steps + 1)))
        signal = ((curve[-1] - curve) / (curve[-1] - curve[0])).clip(MIN_SIGNAL)
        self._betas = (1 - signal[1:] / signal[:-1]).clip(MIN_SIGNAL / steps)
        alpha_squared = np.cumprod(1 - self._betas)
        self._alpha = torch.from_numpy(np.sqrt(alpha_squared).astype(np.float32))
        self._sigma = torch.from_numpy(np.sqrt(1 - alpha_squared).astype(np.float32))

    def draw(self, noise: Noise) -> Tensor:
        return noise.integers(self.steps)

    def signal(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        return self._alpha.to(timesteps.device)[timesteps], self._sigma.to(timesteps.device)[timesteps]

    def scheduler_config(self) -> dict[str, Any]:
        return {"num_train_timesteps": self.steps, "trained_betas": self._betas.tolist()}
