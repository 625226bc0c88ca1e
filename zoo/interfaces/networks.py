"""Parts that are trained: encoder, denoiser, generator, critic. All are diffusers models, so the signature is the
config."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal, NamedTuple

import torch
from diffusers.configuration_utils import ConfigMixin
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part

Prediction = Literal["noise", "clean", "velocity"]
Condition = Mapping[str, Tensor]
"""Named tensors `[B, ...]`; NaN means "not given", per sample."""


class Network(Part, ModelMixin, ConfigMixin):
    """A trainable part. Decorate `__init__` with `zoo.register_to_config`."""

    config_name = "config.json"


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

    @abstractmethod
    def encode(self, structures: Tensor) -> Posterior:
        """Structures `[B, *S]`, float, in the domain's range -> posterior over `[B, *Z]`."""

    @abstractmethod
    def decode(self, latents: Tensor) -> Tensor:
        """Latents `[B, *Z]` -> soft structures `[B, *S]` in the domain's range, differentiable."""

    @abstractmethod
    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        """What training minimises for these structures `[B, *S]`: weighted scalar terms, the batch's means."""


class Level(NamedTuple):
    """How much noise there is, per sample `[B]`: `time` in [0, 1] (1 is pure noise) and log-SNR,
    ln(alpha^2/sigma^2)."""

    time: Tensor
    log_snr: Tensor


class Denoiser(Network):
    """What is under the noise?"""

    prediction: Prediction
    """What `forward` returns; set by `__init__`."""

    conditions: tuple[str, ...] = ()
    """Names of the properties it can be conditioned on; set by `__init__`."""

    self_conditioning: ClassVar[bool] = False
    """Whether it wants its own previous prediction of the clean latents."""

    @abstractmethod
    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        """Noisy latents `[B, *Z]` -> its prediction `[B, *Z]`. Condition values come scaled to [0, 1], NaN for not
        given."""


class Generator(Network):
    """How does a code become a structure?"""

    latent_shape: tuple[int, ...]
    """Z, set by `__init__`."""

    @abstractmethod
    def forward(self, codes: Tensor) -> Tensor:
        """Codes `[B, *Z]` drawn from N(0, 1) -> soft structures `[B, *S]` in the domain's range."""


class Critic(Network):
    """Does this look real?"""

    @abstractmethod
    def forward(self, structures: Tensor) -> Tensor:
        """Soft structures `[B, *S]` -> one real number each, `[B]`: a logit or a Wasserstein potential, no sigmoid."""
