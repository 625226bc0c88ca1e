"""Random numbers, decoded: what a decoder makes of noise."""

import torch
from torch import Tensor

from zoo import Walk
from zoo.components.samplers.undenoised import Undenoised


class RandomLatents(Undenoised):
    """Draws latents whose elements are independent normal numbers with the mean and the spread of all elements of the
    training latents, two numbers in all. No denoiser is asked, or trained.

    A control: what its samples score is the decoder's merit, or the score's fault, and not a denoiser's. The mean is
    taken because encoders that no prior draws to the origin leave latents anywhere.
    """

    @torch.no_grad()
    def sample(self, walk: Walk) -> Tensor:
        return walk.latents.mean() + walk.latents.std() * walk.noise.normal(*walk.shape)
