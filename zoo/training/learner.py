"""A player at work: its module and optimiser under Accelerate, its learning rate, its average, its state."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from accelerate import Accelerator
from diffusers.optimization import get_scheduler
from diffusers.training_utils import EMAModel
from torch import Tensor, nn
from torch.optim import Optimizer

from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.model import Player
from zoo.recipes.settings import Train
from zoo.training.checkpoint import load_module, load_optimiser, module_tensors, optimiser_tensors

_OPTIMISERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "rmsprop": torch.optim.RMSprop}


class Learner:
    """Moves one player. Everything that must survive an interruption is in `tensors` and `state`."""

    def __init__(self, player: Player, settings: Train, steps: int, accelerator: Accelerator) -> None:
        self.player = player
        self.settings = settings
        self.accelerator = accelerator
        player.module.to(accelerator.device)
        optimiser = _optimiser(player, settings)
        self.module: nn.Module
        self.optimiser: Optimizer
        self.module, self.optimiser = accelerator.prepare(player.module, optimiser)
        self.schedule = get_scheduler(
            settings.lr_schedule,
            optimizer=optimiser,
            num_warmup_steps=settings.warmup * player.moves,
            num_training_steps=steps * player.moves,
        )
        self.average = EMAModel(self._parameters, decay=settings.ema) if settings.ema else None

    @property
    def _parameters(self) -> list[nn.Parameter]:
        return [p for p in self.player.module.parameters() if p.requires_grad]

    @property
    def lr(self) -> float:
        """Learning rate of the next step."""
        return float(self.schedule.get_last_lr()[0])

    def accumulate(self, terms: dict[str, Tensor]) -> None:
        """Add the gradient of one part of the batch."""
        loss = torch.stack(list(terms.values())).sum()
        self.accelerator.backward(loss / self.settings.accumulate)

    def move(self) -> None:
        """One step of the optimiser with the gradient gathered so far."""
        if self.settings.clip is not None:
            self.accelerator.clip_grad_norm_(self._parameters, self.settings.clip)
        self.optimiser.step()
        self.schedule.step()
        self.optimiser.zero_grad(set_to_none=True)
        if self.player.after_move is not None:
            self.player.after_move()
        if self.average is not None:
            self.average.step(self._parameters)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Context in which the player's module has the averaged weights, if there are any."""
        if self.average is None:
            yield
            return
        self.average.store(self._parameters)
        self.average.copy_to(self._parameters)
        try:
            yield
        finally:
            self.average.restore(self._parameters)

    def finish(self) -> None:
        """Leave the averaged weights, if there are any, in the player's module."""
        if self.average is not None:
            self.average.copy_to(self._parameters)
        self.player.module.requires_grad_(False)
        self.player.module.eval()

    def tensors(self) -> dict[str, Tensor]:
        """All tensors of a checkpoint: weights, optimiser and averages."""
        name = self.player.name
        shadows = self.average.shadow_params if self.average is not None else []
        return (
            module_tensors(f"{name}/module", self.player.module)
            | optimiser_tensors(f"{name}/optimiser", self.optimiser)
            | {f"{name}/average/{i}": shadow.detach().cpu() for i, shadow in enumerate(shadows)}
        )

    def state(self) -> dict[str, Any]:
        """The rest of a checkpoint: numbers that are not tensors."""
        scaler = self.accelerator.scaler
        return {
            "moves": self.schedule.last_epoch,
            "average": self.average.optimization_step if self.average is not None else 0,
            "scaler": scaler.state_dict() if scaler is not None else None,
        }

    def restore(self, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Go on from what `tensors` and `state` gave."""
        name = self.player.name
        load_module(f"{name}/module", self.player.module, tensors)
        load_optimiser(f"{name}/optimiser", self.optimiser, tensors)
        # get_scheduler's laws are pure functions of the number of moves.
        rates = [
            base * law(state["moves"])
            for base, law in zip(self.schedule.base_lrs, self.schedule.lr_lambdas, strict=True)
        ]
        self.schedule.last_epoch = state["moves"]
        self.schedule._last_lr = rates
        for group, rate in zip(self.optimiser.param_groups, rates, strict=True):
            group["lr"] = rate
        if self.average is not None:
            self.average.optimization_step = state["average"]
            for i, shadow in enumerate(self.average.shadow_params):
                shadow.copy_(tensors[f"{name}/average/{i}"])
        if state["scaler"] is not None:
            self.accelerator.scaler.load_state_dict(state["scaler"])


def learning_rate(player: str, players: list[str], settings: Train) -> float:
    """The player's learning rate; ZooError for a name that is not a player, or a player without one."""
    if not isinstance(settings.lr, dict):
        return settings.lr
    unknown = [
        f"lr: {name!r} is not a player.{did_you_mean(name, players)}" for name in settings.lr.keys() - set(players)
    ]
    missing = [f"lr: player {player!r} has none."] if player not in settings.lr else []
    if unknown or missing:
        raise ZooError(*unknown, *missing)
    return settings.lr[player]


def _optimiser(player: Player, settings: Train) -> Optimizer:
    assert isinstance(settings.lr, float)
    arguments: dict[str, Any] = {"lr": settings.lr, "weight_decay": settings.weight_decay}
    if settings.optimiser != "rmsprop":
        arguments["betas"] = settings.betas
    parameters = [p for p in player.module.parameters() if p.requires_grad]
    optimiser: Optimizer = _OPTIMISERS[settings.optimiser](parameters, **arguments)
    return optimiser
