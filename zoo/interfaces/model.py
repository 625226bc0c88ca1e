"""How do the parts work together? Models, and the stages that train them."""

import itertools
from abc import abstractmethod
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor, nn

from zoo.interfaces.data import Data
from zoo.interfaces.network import Condition
from zoo.interfaces.noise import Noise
from zoo.interfaces.part import Part
from zoo.interfaces.split import Batch, Source


@dataclass(frozen=True)
class Player:
    """A part that learns. `module.forward(batch, noise) -> {term: scalar}` is the one thing handed to
    `accelerator.prepare`.

    The loss is the sum of the terms. A module that only judges the player (a critic, for a generator) must not be
    registered as its submodule: gradients are synchronised for what is.
    """

    name: str
    module: nn.Module
    moves: int = 1
    """Optimiser steps in each round: a critic may move five times to a generator's one."""
    after_move: Callable[[], None] | None = None
    """Called after each optimiser step (WGAN clips its critic's weights)."""


@dataclass(frozen=True)
class Training:
    """A stage that trains its players on a source. Its output is the players' weights."""

    name: str
    players: Sequence[Player]
    source: Source
    held_out: Source | None
    roles: tuple[str, ...]
    """The recipe's roles that determine the output; with the settings of `train.<name>` they make the stage's key."""


@dataclass(frozen=True)
class Tabulation:
    """A stage that applies `function` to a source, row by row, and writes what it returns: `{column: [B, ...]}`.

    Its output, sent back into `Model.stages`, is a `Table`.
    """

    name: str
    function: Callable[[Batch], Mapping[str, Tensor]]
    source: Source
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Fitting:
    """A stage that settles what a module keeps and does not learn, its buffers. Its output is the module's state, and
    that is loaded wherever the stage is finished already.

    `function` is called by the main process alone.
    """

    name: str
    module: nn.Module
    function: Callable[[], None]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The rows that a tabulation wrote, `{column: [N, ...]}`, memory-mapped, with each column's mean and spread over
    rows."""

    columns: Mapping[str, Tensor]
    mean: Mapping[str, Tensor]
    std: Mapping[str, Tensor]


Stage = Training | Tabulation | Fitting


class Model(Part, nn.Module):
    """A composition of parts. Parts are arguments of `__init__` annotated with their contract, kept as attributes."""

    trains: tuple[str, ...]
    """Names of the training stages, in order. Those of the class are the legal keys of a recipe's `train` block; an
    instance whose parts leave some stage nothing to learn names fewer."""

    sampling: ClassVar[tuple[str, ...]] = ()
    """Names of the arguments that determine samples and no weights: a trained model may be given others."""

    trivial: ClassVar[bool] = False
    """Whether it knows nothing, or nothing but the data: it is there to be beaten, and tables of scores say where it
    is not."""

    conditions: tuple[str, ...] = ()
    """Names of the properties that `sample` takes; set by `__init__`."""

    any_resolution: bool = False
    """Whether it draws structures of other resolutions than those it has learned from, its weights being the same; set
    by `__init__`."""

    record: Callable[[Tensor], None] | None = None
    """Where a model that walks passes on what a sampler that steers tells, see `Walk.record`; set by who draws."""

    @abstractmethod
    def stages(self, data: Data) -> Generator[Stage, Table | None, None]:
        """The stages in order. Each is finished, and its weights loaded, before the next is asked for."""

    @abstractmethod
    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        """Soft structures `[B, *S]`, one per row of `noise`; condition values `[B]` in the data's units."""

    def latents(self, structures: Tensor, noise: Noise) -> dict[str, Tensor]:
        """Latents `{kind: [B, *Z]}` of structures `[B, *S]`, for a report to show how they lie: "positive" ones, and
        "negative" ones of invalid structures where the model knows such. None by default."""
        return {}

    def tables(self) -> dict[str, Tensor]:
        """What sampling needs of the training data beside the weights, `{name: [N, ...]}`; N = 0 before training."""
        return {}

    def set_tables(self, tables: Mapping[str, Tensor]) -> None:
        """Give a trained model its `tables()` back."""

    def scheduler(self) -> SchedulerMixin | None:
        """The diffusers scheduler of the walk, for those who read a published model with diffusers alone."""
        return None

    @property
    def device(self) -> torch.device:
        """Where its weights are; the CPU if it has none."""
        tensors = itertools.chain(self.parameters(), self.buffers())
        return next((tensor.device for tensor in tensors), torch.device("cpu"))

    @torch.no_grad()
    def sample(
        self, indices: Sequence[int], seed: int, condition: Mapping[str, float | Sequence[float]], batch: int
    ) -> Tensor:
        """Soft structures `[n, *S]`, at most `batch` of them. Sample i depends on `(seed, i)` and its condition only:
        the batch is padded to its full size, since matrix products round differently in batches of other sizes.

        A condition is one value for all, or a sequence `[n]` of values in the order of `indices`, NaN for not given.
        """
        device = self.device
        padded = list(indices) + [0] * (batch - len(indices))
        given = {name: torch.full((batch,), torch.nan, device=device) for name in condition}
        for name, values in condition.items():
            if isinstance(values, Sequence):
                given[name][: len(indices)] = torch.tensor(values, device=device)
            else:
                given[name].fill_(values)
        return self.draw(Noise(seed, padded, device), given)[: len(indices)]
