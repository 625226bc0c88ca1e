"""A perceptron that is told the time and the conditions."""

from math import prod
from typing import Literal

import torch
from torch import Tensor

from zoo import Condition, Denoiser, Level, register_to_config
from zoo_laminates.perceptron import perceptron


class LayerDenoiser(Denoiser):
    """Reads the latent, the time, and the value of each condition together with whether it is given."""

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        width: int = 128,
        prediction: Literal["noise", "clean", "velocity"] = "velocity",
        conditions: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.prediction = prediction
        self.conditions = tuple(conditions)
        size = prod(latent_shape)
        self.layers = perceptron(size + 1 + 2 * len(conditions), width, size)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        told = [level.time]
        for name in self.conditions:
            told += [condition[name].nan_to_num(0.0), condition[name].isnan().float()]
        return self.layers(torch.cat([noisy.flatten(1), torch.stack(told, 1)], 1)).view_as(noisy)
