"""A perceptron from codes to stacks."""

from torch import Tensor

from zoo import Generator, Structure, register_to_config
from zoo_laminates.perceptron import perceptron


class LayerGenerator(Generator):
    """Codes of `latent_dim` numbers -> soft stacks."""

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 8, width: int = 64) -> None:
        super().__init__()
        self.latent_shape = (latent_dim,)
        self.layers = perceptron(latent_dim, width, structure[0][0])

    def forward(self, codes: Tensor) -> Tensor:
        return self.layers(codes).sigmoid()
