"""Cut angles as points on a circle."""

import torch
from torch import Tensor

from zoo import Encoder, Noise, Posterior, Structure, register_to_config
from zoo_kirigami.cuts.geometry import base_angles


class DoubleAngle(Encoder):
    """Latents `[2, n, n]` are (cos 2a, sin 2a) of angles `[n, n]`. There is nothing to train.

    A cut is the same after half a turn, so its angle is axial data: doubling it is the standard way to a vector that
    does not jump (Mardia & Jupp 2000, section 1.1). Angles in degrees, as the paper uses them, tear apart patterns
    that are neighbours across +-90 degrees.
    """

    @register_to_config
    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.latent_shape = (2, *structure[0])
        self.register_buffer("base", torch.from_numpy(base_angles(structure[0][0])).float(), persistent=False)
        self.base: Tensor

    def encode(self, structures: Tensor) -> Posterior:
        doubled = torch.deg2rad(2 * structures)
        return Posterior(torch.stack([doubled.cos(), doubled.sin()], 1))

    def decode(self, latents: Tensor) -> Tensor:
        """Angles within 90 degrees of the base pattern, whatever the length of the vectors.

        Base 90 is the opposite point of the circle.
        """
        sign = 1 - self.base / 45
        rotation = torch.atan2(sign * latents[:, 1], sign * latents[:, 0]) / 2
        return self.base + torch.rad2deg(rotation)

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {}
