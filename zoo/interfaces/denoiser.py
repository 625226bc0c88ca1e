"""What is under the noise?"""

from abc import abstractmethod
from typing import ClassVar, NamedTuple

from torch import Tensor

from zoo.interfaces.network import Condition, Network, Prediction


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
    """Names of the properties it can be conditioned on, or of their components, as `stiffness[0][0]`; set by
    `__init__`."""

    condition_groups: tuple[tuple[str, ...], ...] = ()
    """Groups of its conditions, no two with a name in common, that training also hides one at a time, each as often as
    all together: what is asked for with one group alone is then something it has seen. Set by `__init__`."""

    self_conditioning: ClassVar[bool] = False
    """Whether it wants its own previous prediction of the clean latents."""

    @abstractmethod
    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        """Noisy latents `[B, *Z]` -> its prediction `[B, *Z]`. Condition values come scaled to [0, 1], NaN for not
        given.

        The name `support` is reserved: where latents live on one, the condition holds it, `[B, 1, *Z[1:]]`, 1 where
        they exist. Noisy latents are 0 elsewhere, and what is predicted there is never read."""
