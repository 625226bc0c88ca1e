"""The variance-preserving SDE with linearly growing beta (Song et al. 2021, appendix B), as LAS-Diffusion uses it."""

import numpy as np

from zoo.components.schedules.steps import check_steps
from zoo.components.schedules.variance_preserving import VariancePreserving


class VPSDE(VariancePreserving):
    """alpha_bar(u) = exp(-offset - rate u^2), hence log-SNR = -ln(expm1(offset + rate u^2)), u = (t + 1) / steps.

    With the defaults this is the law of LAS-Diffusion (Zheng et al. 2023) and of Yang et al. 2024, who draw u from all
    of (0, 1]; we draw it from `steps` equidistant values, so that every sampler can walk it. It nearly coincides with
    `linear` at its defaults: there alpha_bar ends at 4.0e-5, here at 4.5e-5.
    """

    def __init__(self, steps: int = 1000, offset: float = 1e-4, rate: float = 10.0) -> None:
        check_steps(steps)
        exponent = offset + rate * np.linspace(0, 1, steps + 1)[1:] ** 2
        super().__init__(-np.expm1(-np.diff(exponent, prepend=0.0)))
