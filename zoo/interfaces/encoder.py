"""How is a structure written down?"""

from abc import abstractmethod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from zoo.interfaces.network import Network
from zoo.interfaces.noise import Noise
from zoo.interfaces.split import Split


class Posterior(NamedTuple):
    """A distribution over latents: a point when `log_variance` is None, else a diagonal Gaussian. Both `[B, *Z]`."""

    mean: Tensor
    log_variance: Tensor | None = None

    def sample(self, noise: Noise) -> Tensor:
        """One draw `[B, *Z]` (the point itself for a plain autoencoder)."""
        if self.log_variance is None:
            return self.mean
        draw = noise.normal(*self.mean.shape[1:]).to(self.mean.dtype)
        return self.mean + torch.exp(0.5 * self.log_variance) * draw

    def divergence(self) -> Tensor:
        """KL(posterior || N(0, 1)) in nats, summed over Z: `[B]`. A point has none: ValueError."""
        if self.log_variance is None:
            raise ValueError("a point has no divergence from a Gaussian")
        terms = self.mean.square() + self.log_variance.exp() - 1 - self.log_variance
        return 0.5 * terms.flatten(1).sum(1)


class Encoder(Network):
    """How is a structure written down?"""

    latent_shape: tuple[int, ...]
    """Z, set by `__init__`."""

    fitted: bool = False
    """Whether it keeps what `fit` finds in the training structures, as principal components; set by `__init__`."""

    any_resolution: ClassVar[bool] = False
    """Whether its latents, and all that it keeps, are the same for structures of any resolution."""

    def fit(self, structures: Split) -> None:
        """Settle its buffers, once and before anything is trained, from the training structures and their copies. What
        `fit` leaves is kept with the model, as weights are. Asked of encoders that say `fitted`."""

    @abstractmethod
    def encode(self, structures: Tensor) -> Posterior:
        """Structures `[B, *S]`, float, in the domain's range -> posterior over `[B, *Z]`."""

    @abstractmethod
    def decode(self, latents: Tensor) -> Tensor:
        """Latents `[B, *Z]` -> soft structures `[B, *S]` in the domain's range, differentiable."""

    @abstractmethod
    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        """What training minimises for these structures `[B, *S]`: weighted scalar terms, the batch's means."""

    def support(self, structures: Tensor) -> Tensor | None:
        """Where latents of structures `[B, *S]`, soft or hard, exist: 1 there and 0 elsewhere, `[B, 1, *Z[1:]]`; None,
        the default, for everywhere.

        An encoder with a support encodes to 0 elsewhere, and decodes sites all of whose numbers are 0 as sites that do
        not exist.
        """
        return None
