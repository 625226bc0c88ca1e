"""The generator of GAN and WGAN."""

from torch import Tensor

from zoo import Generator, Structure, register_to_config
from zoo_kirigami.networks.layers import upward


class CircularGenerator(Generator):
    """Codes of `latent_dim` numbers -> patterns `[n, n]`, with 4 `width`, 2 `width` and `width` channels."""

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 64, width: int = 64) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        self.latent_shape = (latent_dim,)
        self.layers = upward(self.structure, latent_dim, width)

    def forward(self, codes: Tensor) -> Tensor:
        return self.structure.from_unit(self.layers(codes))
