"""Known latents, moved at random: how much noise a decoder bears."""

import torch
from torch import Tensor

from zoo import Walk, ZooError
from zoo.components.samplers.undenoised import Undenoised


class PerturbedLatents(Undenoised):
    """Draws training latents and adds Gaussian noise of `scale` times their spread, the root mean square distance of an
    element from its mean. No denoiser is asked, or trained, but the decoder is: with 0 it shows what it makes of
    latents as the encoder gives them, and more noise shows how far around them it still gives valid structures.

    VOXPLOER says that regulation makes decoding robust (section 5.2), and measures no such thing: this is ours.
    """

    def __init__(self, scale: float = 0.1) -> None:
        if scale < 0:
            raise ZooError(f"perturbed-latents: scale {scale:g} must not be negative.")
        self.scale = scale

    @torch.no_grad()
    def sample(self, walk: Walk) -> Tensor:
        latents = walk.latents
        drawn = latents[walk.noise.integers(len(latents))]
        spread = (latents - latents.mean(0)).square().mean().sqrt()
        return drawn + self.scale * spread * walk.noise.normal(*walk.shape)
