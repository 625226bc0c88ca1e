"""An autoencoder of two perceptrons."""

from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from zoo import Encoder, Noise, Posterior, Structure, register_to_config
from zoo_laminates.perceptron import perceptron


class LayerAutoencoder(Encoder):
    """Stacks [layers] <-> `latent_dim` numbers; the loss is the mean binary cross-entropy."""

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 8, width: int = 64) -> None:
        super().__init__()
        (layers,) = structure[0]
        self.latent_shape = (latent_dim,)
        self.encoder = perceptron(layers, width, latent_dim)
        self.decoder = perceptron(latent_dim, width, layers)

    def encode(self, structures: Tensor) -> Posterior:
        return Posterior(self.encoder(structures))

    def decode(self, latents: Tensor) -> Tensor:
        return self.decoder(latents).sigmoid()

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {"reconstruction": binary_cross_entropy_with_logits(self.decoder(posterior.mean), structures)}
