"""Draws from the Gaussian with the mean and the covariance of the training latents."""

import torch
from torch import Tensor

from zoo import Walk
from zoo.components.samplers.undenoised import Undenoised


class GaussianLatents(Undenoised):
    """Draws latents from the Gaussian that has the mean and the covariance of the training latents. No denoiser is
    asked, or trained.

    A control: a denoiser is worth what its samples score beyond these. Each draw is the mean plus w X / sqrt(N - 1), X
    the N training latents less their mean and w N standard normal numbers: its covariance is that of the sample,
    without a matrix of it, in any number of dimensions. With fewer latents than dimensions all draws lie in the space
    that the latents span; nothing is shrunk or added.
    """

    @torch.no_grad()
    def sample(self, walk: Walk) -> Tensor:
        latents = walk.latents
        weights = walk.noise.normal(len(latents))
        # Weights that sum to 0 take the mean off without a second copy of the latents.
        weights -= weights.mean(1, keepdim=True)
        moved = weights @ latents.flatten(1) / max(len(latents) - 1, 1) ** 0.5
        drawn: Tensor = latents.mean(0) + moved.unflatten(1, walk.shape)
        return drawn
