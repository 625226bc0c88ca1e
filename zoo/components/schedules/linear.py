"""The linear schedule of DDPM (Ho et al. 2020, section 4)."""

import numpy as np

from zoo.components.schedules.steps import check_steps
from zoo.components.schedules.variance_preserving import VariancePreserving


class Linear(VariancePreserving):
    """beta grows linearly from `start` to `end`, both included, over `steps` timesteps."""

    def __init__(self, steps: int = 1000, start: float = 1e-4, end: float = 0.02) -> None:
        check_steps(steps)
        super().__init__(np.linspace(start, end, steps))
