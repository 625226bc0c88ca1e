"""Universal guidance (Bansal et al. 2023, algorithm 1): any differentiable objective steers any sampler."""

import copy
from collections.abc import Iterator
from typing import ClassVar

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Objective, Sampler, Schedule, Walk, ZooError
from zoo.components.samplers.dpm_solver import DPMSolver
from zoo.components.samplers.transition import transition


class UniversalGuidance(Sampler):
    """Guides `base` towards low energy of `objective`, evaluated on the decoded predicted clean latents, for `target`.

    - Forward guidance (equation 6): the gradient of the energy with respect to the noisy latents, times `strength`
      sigma_t (the paper's s(t) = s sqrt(1 - alpha_t)), is added to the predicted noise.
    - Backward guidance (equations 7 to 9): `backward_steps` steps of gradient descent change the predicted clean
      latents. As in algorithm 1, both changes start from the unguided prediction. The paper does not say how long the
      steps are. Ours fall evenly from the rate `backward_lr`: where an energy has kinks, as one of things that touch,
      steps of one length go to and fro across them for ever.
    - Guidance rests until the last `share` of the schedule's time. Early on the predicted clean latents are a mean over
      many structures: an energy that only single structures can have low draws all samples to one of them.
    - Self-recurrence (equation 10): each step is taken `recurrence` times, with the noise put back in between. Not with
      dpm-solver, whose steps build on each other.

    Noise and clean latents are two ways to write one prediction, x_t = alpha_t clean + sigma_t noise; we write all
    changes as those of the clean latents, which holds for flows too. At the first step of a flow alpha_t is 0: the
    noisy latents say nothing of the clean ones, and forward guidance rests.
    """

    revision: ClassVar[int] = 2

    def __init__(
        self,
        base: Sampler,
        objective: Objective,
        target: dict[str, float],
        strength: float = 1.0,
        backward_steps: int = 0,
        backward_lr: float = 0.1,
        recurrence: int = 1,
        share: float = 1.0,
    ) -> None:
        _check(base, strength, backward_steps, backward_lr, recurrence, share)
        self.base = base
        self.families = base.families
        self.needs_latents = base.needs_latents
        self.objective = objective
        self.target = target
        self.strength = strength
        self.backward_steps = backward_steps
        self.backward_lr = backward_lr
        self.recurrence = recurrence
        self.share = share

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        return self.base.scheduler(schedule)

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return self.base.advance(walk, scheduler, clean, noisy, timestep)

    def step(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        if float(timestep) > self.share * walk.schedule.steps:
            return super().step(walk, scheduler, noisy, timestep)
        for _ in range(self.recurrence - 1):
            # A copy, for schedulers count the steps they take.
            later = self._guided(walk, copy.deepcopy(scheduler), noisy, timestep)
            ratio, spread = transition(walk.schedule, scheduler, timestep)
            noisy = ratio * later + spread * walk.noise.normal(*walk.shape)
        return self._guided(walk, scheduler, noisy, timestep)

    def _guided(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        clean, change = self._forward(walk, noisy, timestep)
        change = change + self._backward(walk, clean)
        return self.base.advance(walk, scheduler, clean + change, noisy, timestep)

    def _forward(self, walk: Walk, noisy: Tensor, timestep: Tensor) -> tuple[Tensor, Tensor]:
        """The predicted clean latents, unguided, and how forward guidance changes them."""
        timesteps = timestep.to(noisy.device).expand(len(noisy))
        alpha, sigma = (float(value) for value in walk.schedule.signal(timestep))
        if self.strength == 0 or alpha == 0:
            clean = walk.predict(noisy, timesteps)
            return clean, torch.zeros_like(clean)
        with torch.enable_grad():
            noisy = noisy.detach().requires_grad_()
            clean = walk.predict(noisy, timesteps)
            (gradient,) = torch.autograd.grad(self._energy(walk, clean), noisy)
        return clean.detach(), -self.strength * sigma**2 / alpha * gradient

    def _backward(self, walk: Walk, clean: Tensor) -> Tensor:
        """How backward guidance changes the predicted clean latents."""
        change = torch.zeros_like(clean)
        for step in range(self.backward_steps):
            with torch.enable_grad():
                change.requires_grad_()
                (gradient,) = torch.autograd.grad(self._energy(walk, clean + change), change)
            rate = self.backward_lr * (1 - step / self.backward_steps)
            change = (change - rate * gradient).detach()
        return change

    def _energy(self, walk: Walk, clean: Tensor) -> Tensor:
        return self.objective.energy(walk.decode(clean), self.target).sum()


def _check(
    base: Sampler, strength: float, backward_steps: int, backward_lr: float, recurrence: int, share: float
) -> None:
    problems = []
    if any(isinstance(sampler, UniversalGuidance) for sampler in _nested(base)):
        problems.append("universal: its base is guided already, and would lose that guidance.")
    if strength < 0:
        problems.append(f"universal: strength {strength:g} must not be negative.")
    if backward_steps < 0:
        problems.append(f"universal: backward_steps {backward_steps} must not be negative.")
    if backward_lr <= 0:
        problems.append(f"universal: backward_lr {backward_lr:g} must be positive.")
    if recurrence < 1:
        problems.append(f"universal: recurrence {recurrence}; each step is taken at least once.")
    if not 0 < share <= 1:
        problems.append(f"universal: share {share:g} must lie between 0 and 1.")
    if recurrence > 1 and any(isinstance(sampler, DPMSolver) for sampler in _nested(base)):
        problems.append("universal: dpm-solver remembers its last step, so recurrence must be 1.")
    if problems:
        raise ZooError(*problems)


def _nested(sampler: Sampler | None) -> Iterator[Sampler]:
    """A sampler, its base, the base of that."""
    while sampler is not None:
        yield sampler
        sampler = getattr(sampler, "base", None)
