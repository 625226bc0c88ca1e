"""What the discrete diffusions have in common (Ho et al. 2020; alpha_bar and sigma of their equation 4)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from zoo import Noise, Schedule, ZooError


class VariancePreserving(Schedule):
    """x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) noise, alpha_bar_t the product of 1 - beta up to t.

    Timesteps are the integers 0 to `steps` - 1; at timestep 0 one step's noise has been added. Training draws them
    uniformly. Tables are computed in float64.
    """

    family = "diffusion"

    def __init__(self, betas: np.ndarray) -> None:
        if not 0 < betas.min() <= betas.max() < 1:
            raise ZooError(
                f"schedule: betas run from {betas.min():g} to {betas.max():g}; they must lie strictly between 0 and 1."
            )
        self.steps = len(betas)
        self.betas = betas
        alpha_bar = np.cumprod(1 - betas)
        # From numpy: a model may be built on the meta device, whose tensors hold no numbers.
        self._alpha = torch.from_numpy(np.sqrt(alpha_bar).astype(np.float32))
        self._sigma = torch.from_numpy(np.sqrt(1 - alpha_bar).astype(np.float32))

    def draw(self, noise: Noise) -> Tensor:
        return noise.integers(self.steps)

    def signal(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        return self._alpha.to(timesteps.device)[timesteps], self._sigma.to(timesteps.device)[timesteps]

    def scheduler_config(self) -> dict[str, Any]:
        return {"num_train_timesteps": self.steps, "trained_betas": self.betas.tolist()}
