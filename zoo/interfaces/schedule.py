"""How does noise arrive?"""

from abc import abstractmethod
from typing import Any, ClassVar, Literal

from torch import Tensor

from zoo.interfaces.denoiser import Level
from zoo.interfaces.network import Prediction
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part

Family = Literal["diffusion", "flow"]

MAX_LOG_SNR = 20.0
"""Absolute value at which log-SNR is cut off: at the ends of a flow it is infinite, which no network should read."""


class Schedule(Part):
    """How does noise arrive? x_t = alpha(t) x_0 + sigma(t) noise, t a timestep as diffusers schedulers count them."""

    family: ClassVar[Family]

    steps: int
    """Training timesteps run from 0 (clean, or nearly) towards `steps` (noise); set by `__init__`."""

    @abstractmethod
    def draw(self, noise: Noise) -> Tensor:
        """Training timesteps `[B]`, one per row of `noise`."""

    @abstractmethod
    def signal(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """alpha and sigma, float, each of the shape of `timesteps`."""

    @abstractmethod
    def scheduler_config(self) -> dict[str, Any]:
        """What a diffusers scheduler of the same family needs to walk this schedule, without `prediction_type`."""

    def level(self, timesteps: Tensor) -> Level:
        """Time in [0, 1] and log-SNR, cut off at +-20, of timesteps `[B]`."""
        alpha, sigma = self.signal(timesteps)
        log_snr = 2 * (alpha.log() - sigma.log())
        return Level(timesteps.to(alpha.dtype) / self.steps, log_snr.clamp(-MAX_LOG_SNR, MAX_LOG_SNR))

    def corrupt(self, clean: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """Noisy latents `[B, *Z]`."""
        alpha, sigma = self._signal_like(clean, timesteps)
        return alpha * clean + sigma * noise

    def target(self, prediction: Prediction, clean: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """What a denoiser of this prediction should return, `[B, *Z]`.

        Velocity is alpha noise - sigma clean for a diffusion (Salimans & Ho 2022), noise - clean for a flow.
        """
        if prediction == "noise":
            return noise
        if prediction == "clean":
            return clean
        if self.family == "flow":
            return noise - clean
        alpha, sigma = self._signal_like(clean, timesteps)
        return alpha * noise - sigma * clean

    def clean(self, prediction: Prediction, output: Tensor, noisy: Tensor, timesteps: Tensor) -> Tensor:
        """The clean latents `[B, *Z]` that a denoiser's output implies; the inverse of `target`."""
        alpha, sigma = self._signal_like(noisy, timesteps)
        if prediction == "clean":
            return output
        if prediction == "noise":
            return (noisy - sigma * output) / alpha
        if self.family == "flow":
            return noisy - sigma * output
        return alpha * noisy - sigma * output

    def _signal_like(self, like: Tensor, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        alpha, sigma = self.signal(timesteps)
        shape = (-1,) + (1,) * (like.dim() - 1)
        return alpha.to(like.dtype).view(shape), sigma.to(like.dtype).view(shape)
