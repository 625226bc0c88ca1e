"""The octant of a mirrored cell, as Guided Diffusion writes its cells down (Yang et al. 2024, section 3.1)."""

import torch
from torch import Tensor

from zoo import Encoder, Noise, Posterior, Structure, ZooError, register_to_config


class Octant(Encoder):
    """Latents `[1, d/2, d/2, d/2]` are the octant at the cell's origin, scaled from the domain's range to [-1, 1];
    cells are it and its mirror images. There is nothing to train.

    ZooError unless structures are cubes `[d, d, d]` of even side, and, when they are encoded, for cells that are not
    mirrored at their middle planes along all three axes.
    """

    @register_to_config
    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        shape = tuple(self.structure.shape)
        if len(shape) != 3 or len(set(shape)) != 1 or shape[0] % 2:
            raise ZooError(f"octant: structures of shape {shape} are not cubes of even side.")
        self.latent_shape = (1, *(side // 2 for side in shape))

    def encode(self, structures: Tensor) -> Posterior:
        side = self.latent_shape[-1]
        octants = structures[:, None, :side, :side, :side]
        differ = int((_mirrored(octants) != structures).flatten(1).any(1).sum())
        if differ:
            raise ZooError(
                f"octant: {differ} of {len(structures)} cells are not mirrored at their middle planes along x, y and "
                "z, so an octant does not hold them. Take the encoder identity, or data of mirrored cells."
            )
        return Posterior(self.structure.to_unit(octants))

    def decode(self, latents: Tensor) -> Tensor:
        return _mirrored(self.structure.from_unit(latents))

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {}


def _mirrored(octants: Tensor) -> Tensor:
    """Octants `[B, 1, d/2, d/2, d/2]` and their mirror images, as cells `[B, d, d, d]`."""
    cells = octants.squeeze(1)
    for axis in (1, 2, 3):
        cells = torch.cat([cells, cells.flip(axis)], axis)
    return cells
