"""Perceptrons for stacks of layers."""

from math import prod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from zoo import Condition, Critic, Denoiser, Encoder, Generator, Level, Noise, Posterior, Structure, register_to_config


class LayerAutoencoder(Encoder):
    """Stacks [layers] <-> `latent_dim` numbers; the loss is the mean binary cross-entropy."""

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 8, width: int = 64) -> None:
        super().__init__()
        (layers,) = structure[0]
        self.latent_shape = (latent_dim,)
        self.encoder = _perceptron(layers, width, latent_dim)
        self.decoder = _perceptron(latent_dim, width, layers)

    def encode(self, structures: Tensor) -> Posterior:
        return Posterior(self.encoder(structures))

    def decode(self, latents: Tensor) -> Tensor:
        return self.decoder(latents).sigmoid()

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {"reconstruction": binary_cross_entropy_with_logits(self.decoder(posterior.mean), structures)}


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
        self.layers = _perceptron(size + 1 + 2 * len(conditions), width, size)

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        told = [level.time]
        for name in self.conditions:
            told += [condition[name].nan_to_num(0.0), condition[name].isnan().float()]
        return self.layers(torch.cat([noisy.flatten(1), torch.stack(told, 1)], 1)).view_as(noisy)


class LayerGenerator(Generator):
    """Codes of `latent_dim` numbers -> soft stacks."""

    @register_to_config
    def __init__(self, structure: Structure, latent_dim: int = 8, width: int = 64) -> None:
        super().__init__()
        self.latent_shape = (latent_dim,)
        self.layers = _perceptron(latent_dim, width, structure[0][0])

    def forward(self, codes: Tensor) -> Tensor:
        return self.layers(codes).sigmoid()


class LayerCritic(Critic):
    """Soft stacks -> one number each."""

    @register_to_config
    def __init__(self, structure: Structure, width: int = 64) -> None:
        super().__init__()
        self.layers = _perceptron(structure[0][0], width, 1)

    def forward(self, structures: Tensor) -> Tensor:
        return self.layers(structures).squeeze(1)


def _perceptron(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, outputs))
