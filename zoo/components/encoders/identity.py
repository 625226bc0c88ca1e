"""The encoder that changes nothing, for models that work on structures themselves."""

from diffusers.configuration_utils import register_to_config
from torch import Tensor

from zoo import Encoder, Noise, Posterior, Structure


class Identity(Encoder):
    """Latents are structures, scaled from the domain's range to [-1, 1]. There is nothing to train."""

    @register_to_config
    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        self.latent_shape = self.structure.shape

    def encode(self, structures: Tensor) -> Posterior:
        return Posterior(self.structure.to_unit(structures))

    def decode(self, latents: Tensor) -> Tensor:
        return self.structure.from_unit(latents)

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {}
