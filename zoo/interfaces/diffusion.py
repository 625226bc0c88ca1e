"""How noise comes and goes: regulariser, schedule, sampler, objective."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo.errors import ZooError
from zoo.interfaces.networks import Level, Prediction
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part

Family = Literal["diffusion", "flow"]

LARGEST_LOG_SNR = 20.0
"""Where log-SNR is cut off: a flow's ends have none at all, and no network should read an infinity."""


class Regulariser(Part):
    """What should latent space look like?"""

    needs_negatives: ClassVar[bool] = False

    @abstractmethod
    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        """Weighted scalar terms for latents `[B, *Z]` of valid structures and, if asked for, of invalid ones.

        Under several processes the pairs span all of them: `zoo.gather` collects latents.
        """


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
        return Level(timesteps.to(alpha.dtype) / self.steps, log_snr.clamp(-LARGEST_LOG_SNR, LARGEST_LOG_SNR))

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


@dataclass(frozen=True)
class Walk:
    """Everything a sampler is told."""

    predict: Callable[[Tensor, Tensor], Tensor]
    """(noisy latents `[B, *Z]`, timesteps `[B]`) -> predicted clean latents `[B, *Z]`; differentiable."""
    schedule: Schedule
    shape: tuple[int, ...]
    """Z."""
    noise: Noise
    """B rows; every random number of the walk comes from here."""
    decode: Callable[[Tensor], Tensor]
    """Latents `[B, *Z]` -> soft structures `[B, *S]`; differentiable."""
    latents: Tensor
    """The training latents `[N, *Z]` in the coordinates of the walk, for a sampler with `needs_latents`; else empty."""


class Sampler(Part):
    """How do we walk from noise to a structure? A thin layer over a diffusers scheduler."""

    families: tuple[Family, ...]
    """The families of schedules that it can walk; a wrapper takes them from its base."""

    needs_latents: bool = False
    """Whether it asks the walk for the training latents; a wrapper takes it from its base."""

    needs_denoiser: bool = True
    """Whether it asks the walk for predictions; for one that does not, no denoiser is trained."""

    @abstractmethod
    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        """A fresh diffusers scheduler with its timesteps set, taking the predicted clean latents as model output."""

    @abstractmethod
    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        """One step of the scheduler from `noisy` at scalar `timestep` (on the CPU), given the predicted clean
        latents."""

    def step(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        """Predict the clean latents, edit them, advance. Guided samplers override this."""
        clean = walk.predict(noisy, timestep.to(noisy.device).expand(len(noisy)))
        return self.advance(walk, scheduler, clean, noisy, timestep)

    @torch.no_grad()
    def sample(self, walk: Walk) -> Tensor:
        """From noise, N(0, 1), to clean latents `[B, *Z]`."""
        scheduler = self.scheduler(walk.schedule)
        noisy = walk.noise.normal(*walk.shape)
        # Timesteps stay on the CPU, where schedulers keep their tables: a GPU never waits to be asked which step it is.
        for timestep in scheduler.timesteps:
            noisy = self.step(walk, scheduler, noisy, timestep)
        return noisy

    def invert(self, walk: Walk, clean: Tensor) -> Tensor:
        """The noise `[B, *Z]` from which the walk leads to these clean latents; ZooError where none can be told."""
        raise ZooError(
            f"{type(self).__name__} cannot invert: its walk is not a deterministic one that can be retraced."
        )


class Objective(Part):
    """Which way should guidance push?"""

    @abstractmethod
    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        """Energy `[B]` of soft structures `[B, *S]`, differentiable, lower is better; `target` names wanted values."""
