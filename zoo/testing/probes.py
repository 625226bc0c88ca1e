"""Probes for the networks of each kind: inputs, answers and a loss for a handful of rows."""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import mse_loss, softplus

from zoo.building.builder import build
from zoo.interfaces.critic import Critic
from zoo.interfaces.denoiser import Denoiser, Level
from zoo.interfaces.encoder import Encoder
from zoo.interfaces.generator import Generator
from zoo.interfaces.noise import Noise
from zoo.interfaces.schedule import Schedule
from zoo.testing.compare import Tensors
from zoo.testing.subject import SEED, Subject

ROWS = 8


class Probe(ABC):
    """Everything is `{name: [B, ...]}`; row b of the answers belongs to row b of the inputs."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    @abstractmethod
    def inputs(self, network: Any) -> dict[str, Tensor]:
        """What the network is given, always the same."""

    @abstractmethod
    def answers(self, network: Any, inputs: Tensors) -> dict[str, Tensor]:
        """What it makes of them."""

    @abstractmethod
    def loss(self, network: Any, inputs: Tensors) -> Tensor:
        """What a training step would minimise."""


class EncoderProbe(Probe):
    """Reconstructs structures."""

    def inputs(self, network: Encoder) -> dict[str, Tensor]:
        return {"structures": self.subject.structures(ROWS)}

    def answers(self, network: Encoder, inputs: Tensors) -> dict[str, Tensor]:
        posterior = network.encode(inputs["structures"])
        answers = {"mean": posterior.mean, "decoded": network.decode(posterior.mean)}
        return answers if posterior.log_variance is None else answers | {"log_variance": posterior.log_variance}

    def loss(self, network: Encoder, inputs: Tensors) -> Tensor:
        structures = inputs["structures"]
        noise = Noise(SEED, range(len(structures)), structures.device)
        return torch.stack(list(network.loss(structures, network.encode(structures), noise).values())).sum()


class DenoiserProbe(Probe):
    """Finds normal latents under the noise of the core's linear schedule."""

    def inputs(self, network: Denoiser) -> dict[str, Tensor]:
        shape, noise = self.subject.latent_shape, Noise(SEED, range(ROWS))
        inputs = {"clean": noise.normal(*shape), "noise": noise.normal(*shape)}
        inputs["timesteps"] = torch.linspace(100, 900, ROWS).long()
        inputs["noisy"] = self._schedule.corrupt(inputs["clean"], inputs["noise"], inputs["timesteps"])
        for i, name in enumerate(network.conditions):
            inputs[f"condition.{name}"] = noise.uniform().where(torch.arange(ROWS) % 3 != i % 3, torch.nan)
        return inputs | ({"previous": noise.normal(*shape)} if network.self_conditioning else {})

    def answers(self, network: Denoiser, inputs: Tensors) -> dict[str, Tensor]:
        level = self._schedule.level(inputs["timesteps"])
        return {"prediction": self.predict(network, inputs, level)}

    def loss(self, network: Denoiser, inputs: Tensors) -> Tensor:
        asked = (network.prediction, inputs["clean"], inputs["noise"], inputs["timesteps"])
        return mse_loss(self.answers(network, inputs)["prediction"], self._schedule.target(*asked))

    def predict(self, network: Denoiser, inputs: Tensors, level: Level) -> Tensor:
        """`network.forward` at any level."""
        condition = {name: inputs[f"condition.{name}"] for name in network.conditions}
        prediction: Tensor = network(inputs["noisy"], level, condition, inputs.get("previous"))
        return prediction

    @property
    def _schedule(self) -> Schedule:
        schedule: Schedule = build(Schedule, {"use": "linear"})
        return schedule


class GeneratorProbe(Probe):
    """Learns a code for each structure by heart."""

    def inputs(self, network: Generator) -> dict[str, Tensor]:
        codes = Noise(SEED, range(ROWS)).normal(*network.latent_shape)
        return {"codes": codes, "structures": self.subject.structures(ROWS)}

    def answers(self, network: Generator, inputs: Tensors) -> dict[str, Tensor]:
        return {"structures": network(inputs["codes"])}

    def loss(self, network: Generator, inputs: Tensors) -> Tensor:
        to_unit = self.subject.structure.to_unit
        return mse_loss(to_unit(network(inputs["codes"])), to_unit(inputs["structures"]))


class CriticProbe(Probe):
    """Tells structures from uniform noise."""

    def inputs(self, network: Critic) -> dict[str, Tensor]:
        structure = self.subject.structure
        noise = 2 * Noise(SEED, range(ROWS)).uniform(*structure.shape) - 1
        return {"structures": self.subject.structures(ROWS), "noise": structure.from_unit(noise)}

    def answers(self, network: Critic, inputs: Tensors) -> dict[str, Tensor]:
        return {"judgement": network(inputs["structures"])}

    def loss(self, network: Critic, inputs: Tensors) -> Tensor:
        return softplus(-network(inputs["structures"])).mean() + softplus(network(inputs["noise"])).mean()


PROBES: dict[str, type[Probe]] = {
    "encoder": EncoderProbe,
    "denoiser": DenoiserProbe,
    "generator": GeneratorProbe,
    "critic": CriticProbe,
}
