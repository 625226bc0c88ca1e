"""A generator and a critic against each other: GAN (Goodfellow et al. 2014) and WGAN (Arjovsky et al. 2017)."""

from collections.abc import Callable, Generator as Iteration, Mapping
from typing import Literal

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.functional import softplus

from zoo import (
    Batch,
    Condition,
    Critic,
    Data,
    Generator,
    Model,
    Noise,
    Player,
    Stage,
    Structure,
    Table,
    Training,
    ZooError,
)

Loss = Literal["gan", "wgan"]
Penalty = Callable[[Tensor, Tensor, Noise], Tensor]


class AdversarialPair(Model):
    """`loss` "gan" is binary cross-entropy with the non-saturating generator; "wgan" the difference of mean potentials,
    with the critic's weights clipped to [-`weight_clip`, `weight_clip`] after each of its `critic_moves` moves a round.
    With a `gradient_penalty` they are not: its weight (10 in Gulrajani et al. 2017, equation 3) is what it costs the
    critic when its gradient, at random points between data and what the generator makes, has another norm than 1.
    Distances are those of structures scaled to [-1, 1].
    """

    trains = ("adversarial",)

    def __init__(
        self,
        structure: Structure,
        generator: Generator,
        critic: Critic,
        loss: Loss = "gan",
        critic_moves: int = 1,
        weight_clip: float = 0.01,
        gradient_penalty: float = 0.0,
    ) -> None:
        super().__init__()
        if gradient_penalty < 0 or (gradient_penalty and loss == "gan"):
            raise ZooError(f"adversarial-pair: gradient_penalty {gradient_penalty:g} must be 0, or positive with wgan.")
        self.structure = Structure(*structure)
        self.generator = generator
        self.critic = critic
        self.loss: Loss = loss
        self.critic_moves = critic_moves
        self.weight_clip = weight_clip
        self.gradient_penalty = gradient_penalty

    def stages(self, data: Data) -> Iteration[Stage, Table | None, None]:
        players = [
            Player(
                "critic",
                Judging(self.critic, self.generator, self.loss, self._penalty if self.gradient_penalty else None),
                moves=self.critic_moves,
                after_move=self._clip if self.loss == "wgan" and not self.gradient_penalty else None,
            ),
            Player("generator", Fooling(self.generator, self.critic, self.loss)),
        ]
        roles = ("generator", "critic", "loss", "critic_moves", "weight_clip", "gradient_penalty")
        yield Training("adversarial", players, data.train, data.held_out, roles)

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        soft: Tensor = self.generator(noise.normal(*self.generator.latent_shape))
        return soft

    @torch.enable_grad()  # Held-out data are judged without gradients otherwise.
    def _penalty(self, real: Tensor, made: Tensor, noise: Noise) -> Tensor:
        share = noise.uniform().view(-1, *(1,) * (real.dim() - 1))
        between = (share * real + (1 - share) * made).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(between).sum(), between, create_graph=True)
        half = (self.structure.high - self.structure.low) / 2
        penalty: Tensor = (half * slope.flatten(1).norm(dim=1) - 1).square().mean()
        return self.gradient_penalty * penalty

    @torch.no_grad()
    def _clip(self) -> None:
        for parameter in self.critic.parameters():
            parameter.clamp_(-self.weight_clip, self.weight_clip)


class Judging(nn.Module):
    """The critic's player: tell data from what the generator makes."""

    def __init__(self, critic: Critic, generator: Generator, loss: Loss, penalty: Penalty | None = None) -> None:
        super().__init__()
        self.critic = critic
        self._generator = [generator]  # In a list: no submodule, so neither trained nor synchronised here.
        self._loss = loss
        self._penalty = penalty

    def forward(self, batch: Batch, noise: Noise) -> Mapping[str, Tensor]:
        generator = self._generator[0]
        with torch.no_grad():
            made = generator(noise.normal(*generator.latent_shape))
        real, false = self.critic(batch["structure"]), self.critic(made)
        if self._loss == "wgan":
            terms = {"critic_real": -real.mean(), "critic_false": false.mean()}
            if self._penalty is not None:
                terms["penalty"] = self._penalty(batch["structure"], made, noise)
            return terms
        return {"critic_real": softplus(-real).mean(), "critic_false": softplus(false).mean()}


class Fooling(nn.Module):
    """The generator's player: be taken for data by a critic that is held still."""

    def __init__(self, generator: Generator, critic: Critic, loss: Loss) -> None:
        super().__init__()
        self.generator = generator
        self._critic = [critic]
        self._loss = loss

    def forward(self, batch: Batch, noise: Noise) -> Mapping[str, Tensor]:
        made = self.generator(noise.normal(*self.generator.latent_shape))
        critic = self._critic[0]
        still = {name: parameter.detach() for name, parameter in critic.named_parameters()}
        judged: Tensor = functional_call(critic, still, (made,))
        return {"generator": -judged.mean() if self._loss == "wgan" else softplus(-judged).mean()}
