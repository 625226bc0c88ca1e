"""How do we walk from noise to a structure?"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo.errors import ZooError
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part
from zoo.interfaces.schedule import Family, Schedule


@dataclass(frozen=True)
class Walk:
    """Everything that a sampler is given."""

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
    record: Callable[[Tensor], None] | None = None
    """Where a sampler that steers tells how far it moved each row in a step, `[B]`, as a share of the length of the
    noise that the step's forward transition adds."""
    answered: Callable[[Tensor], None] | None = None
    """Where a sampler that edits the predicted clean latents tells what it made of them, `[B, *Z]`: a self-conditioning
    denoiser is shown that as its previous answer."""


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
        """Walk from noise, N(0, 1), to clean latents `[B, *Z]`."""
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
