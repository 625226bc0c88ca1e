"""The variational autoencoder of the paper (section 2.1; Kingma & Welling 2013)."""

from torch import Tensor

from zoo import Encoder, Noise, Posterior, Structure, register_to_config
from zoo_kirigami.networks.layers import downward, upward


class CircularConv(Encoder):
    """Patterns `[n, n]` <-> `latent_dim` numbers, with `width`, 2 `width` and 4 `width` channels.

    The loss is equation 3: the divergence from N(0, 1), in nats, plus `fidelity` times the squared Euclidean distance
    of pattern and reconstruction, angles scaled to [-1, 1]. The paper gives neither the latent size nor the fidelity
    (its kappa); at 50 the two terms are of one size.
    """

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 64, width: int = 64, fidelity: float = 50.0) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        self.latent_shape = (latent_dim,)
        self.fidelity = fidelity
        self.encoder = downward(self.structure, 2 * latent_dim, width, batch_norm=True)
        self.decoder = upward(self.structure, latent_dim, width)

    def encode(self, structures: Tensor) -> Posterior:
        """Angles `[B, n, n]` -> Gaussians over `[B, latent_dim]`."""
        mean, log_variance = self.encoder(self.structure.to_unit(structures)).chunk(2, 1)
        return Posterior(mean, log_variance)

    def decode(self, latents: Tensor) -> Tensor:
        """`[B, latent_dim]` -> angles `[B, n, n]`."""
        return self.structure.from_unit(self.decoder(latents))

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        """The terms `divergence` and `reconstruction`."""
        inputs = self.structure.to_unit(structures)
        error = self.decoder(posterior.sample(noise)) - inputs
        return {
            "divergence": posterior.divergence().mean(),
            "reconstruction": self.fidelity * error.square().flatten(1).sum(1).mean(),
        }
