"""Stacks as words of a Markov chain: counting instead of training."""

from collections.abc import Generator
from typing import Any

import torch
from torch import Tensor

from zoo import Condition, Data, Model, Noise, Structure, Table, Tabulation, ZooError


class MarkovChain(Model):
    """Each layer is stiff with the probability that it has, in the training data, after the `memory` layers before it.

    Its maximum-likelihood estimate is a count. A stack starts from layers drawn evenly and is drawn twice over, so that
    the start is forgotten; its first layers know nothing of its last. ZooError unless `memory` is from 1 to 12.
    """

    trains = ()

    def __init__(self, structure: Structure, memory: int = 3) -> None:
        super().__init__()
        if not 1 <= memory <= 12:
            raise ZooError(f"markov-chain: memory {memory} is not from 1 to 12")
        (self.layers,) = structure.shape
        self.memory = memory
        self.register_buffer("stiff_share", torch.full((2**memory,), 0.5))
        self.stiff_share: Tensor

    def stages(self, data: Data) -> Generator[Tabulation, Table | None, None]:
        table = yield Tabulation("counts", self._count, data.train, ("memory",))
        soft, stiff = table.mean["counts"].unbind(1)
        self.stiff_share.copy_((stiff / (soft + stiff)).nan_to_num(0.5))

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        lots = noise.uniform(self.memory + 2 * self.layers)
        layers = list((lots[:, : self.memory] < 0.5).float().unbind(1))
        for lot in lots[:, self.memory :].unbind(1):
            layers.append((lot < self.stiff_share[self._number(layers[-self.memory :])]).float())
        return torch.stack(layers[-self.layers :], 1)

    def _count(self, batch: dict[str, Any]) -> dict[str, Tensor]:
        """How often a soft and a stiff layer follow each word, `[B, 2^memory, 2]`."""
        stacks = batch["structure"]
        words = self._number([stacks.roll(shift, 1) for shift in range(self.memory, 0, -1)])
        follows = torch.nn.functional.one_hot(2 * words + stacks.long(), 2 * 2**self.memory)
        return {"counts": follows.sum(1).float().unflatten(1, (-1, 2))}

    def _number(self, word: list[Tensor]) -> Tensor:
        """A word of layers as a binary number."""
        return sum(layer.long() << place for place, layer in enumerate(reversed(word)))
