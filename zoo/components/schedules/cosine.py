"""The cosine schedule (Nichol & Dhariwal 2021, equation 17)."""

import numpy as np

from zoo.components.schedules.steps import check_steps
from zoo.components.schedules.variance_preserving import VariancePreserving


class Cosine(VariancePreserving):
    """alpha_bar(u) = f(u) / f(0), f(u) = cos(pi/2 (u + offset) / (1 + offset))^2 with u = (t + 1) / steps.

    Each beta = 1 - alpha_bar_t / alpha_bar_(t-1) is cut off at `largest`, as in the paper, which keeps the last steps
    from dividing by zero.
    """

    def __init__(self, steps: int = 1000, offset: float = 0.008, largest: float = 0.999) -> None:
        check_steps(steps)
        wave = np.cos(np.pi / 2 * (np.linspace(0, 1, steps + 1) + offset) / (1 + offset)) ** 2
        super().__init__(np.minimum(1 - wave[1:] / wave[:-1], largest))
