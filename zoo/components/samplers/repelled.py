"""What the samplers that are pushed away from known latents have in common."""

from abc import abstractmethod

from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor

from zoo import Sampler, Schedule, Walk
from zoo.components.samplers.transition import transition


class Repelled(Sampler):
    """The steps of `base`, each with a displacement added. Wraps another sampler, or is wrapped by one."""

    needs_latents = True

    def __init__(self, base: Sampler) -> None:
        self.base = base
        self.families = base.families

    def scheduler(self, schedule: Schedule) -> SchedulerMixin:
        return self.base.scheduler(schedule)

    def step(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        return self.base.step(walk, scheduler, noisy, timestep) + self._push(walk, scheduler, noisy, timestep)

    def advance(self, walk: Walk, scheduler: SchedulerMixin, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        advanced = self.base.advance(walk, scheduler, clean, noisy, timestep)
        return advanced + self._push(walk, scheduler, noisy, timestep)

    def _push(self, walk: Walk, scheduler: SchedulerMixin, noisy: Tensor, timestep: Tensor) -> Tensor:
        _, spread = transition(walk.schedule, scheduler, timestep)
        number = int((scheduler.timesteps == timestep).nonzero()[0])
        push = self.displacement(walk, noisy.flatten(1), spread, number)
        if walk.record is not None:
            walk.record(push.norm(dim=1) / (spread * push.shape[1] ** 0.5 or 1.0))
        return push.view_as(noisy)

    @abstractmethod
    def displacement(self, walk: Walk, noisy: Tensor, spread: float, number: int) -> Tensor:
        """What is added to step `number` of the walk, `[B, D]`, for noisy latents `[B, D]`; `spread` is that of the
        noise which the step's forward transition adds to each element."""
