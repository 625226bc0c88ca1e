"""Latents on a support: nothing outside it reaches a loss, a gradient or a structure."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zoo import Denoiser, Encoder, Noise, Posterior, Structure, Table, register_to_config
from zoo.components.models.latent_diffusion import Denoising, LatentDiffusion
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.schedules.linear import Linear

STRUCTURE = Structure((2, 6), -1.0, 1.0)


class OnSites(Encoder):
    """Latents live where the first row of a structure is positive."""

    @register_to_config
    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.latent_shape = (2, 6)
        self.scale = nn.Parameter(torch.ones(()))

    def support(self, structures: Tensor) -> Tensor:
        return (structures[:, :1] > 0).float()

    def encode(self, structures: Tensor) -> Posterior:
        mean = structures * self.support(structures)
        return Posterior(mean, torch.zeros_like(mean))

    def decode(self, latents: Tensor) -> Tensor:
        return latents

    def loss(self, structures: Tensor, posterior: Posterior, noise: Noise) -> dict[str, Tensor]:
        return {"none": 0 * self.scale}


class Mixing(Denoiser):
    """Every site reads every other, and writes everywhere."""

    self_conditioning = True

    @register_to_config
    def __init__(self) -> None:
        super().__init__()
        self.prediction = "velocity"
        self.mix = nn.Linear(6, 6)
        self.seen: list[Tensor] = []

    def forward(self, noisy, level, condition, previous=None):
        self.seen += [noisy] if previous is None else [noisy, previous]
        return self.mix(noisy)


@pytest.fixture
def model() -> LatentDiffusion:
    torch.manual_seed(0)
    return LatentDiffusion(STRUCTURE, OnSites(STRUCTURE), Linear(100), Mixing(), DDPM())


@pytest.fixture
def batch() -> dict[str, Tensor]:
    noise = torch.Generator().manual_seed(1)
    support = (torch.rand(4, 1, 6, generator=noise) < 0.5).float()
    support[0], support[1] = 0, torch.tensor([1.0, 0, 0, 0, 0, 0])
    return {"mean": torch.randn(4, 2, 6, generator=noise), "log_variance": torch.zeros(4, 2, 6), "support": support}


def test_neither_loss_nor_gradient_knows_what_lies_outside(model: LatentDiffusion, batch: dict[str, Tensor]) -> None:
    player, outside = Denoising(model), 1 - batch["support"]
    means = batch["mean"].requires_grad_()
    loss = player(batch, Noise(0, range(4)))["denoising"]
    loss.backward()
    assert means.grad is not None
    assert not (means.grad * outside).any() and (means.grad * batch["support"]).any()
    weights = model.denoiser.mix.weight.grad.clone()
    model.zero_grad()
    changed = batch | {"mean": means.detach() + 100 * outside, "log_variance": 5 * outside.expand(4, 2, 6)}
    again = player(changed, Noise(0, range(4)))["denoising"]
    again.backward()
    torch.testing.assert_close(again, loss)
    torch.testing.assert_close(model.denoiser.mix.weight.grad, weights)
    for seen in model.denoiser.seen:
        assert not (seen.detach().view(-1, 4, 2, 6) * outside).any()


def test_the_loss_is_the_mean_over_active_sites(model: LatentDiffusion, batch: dict[str, Tensor]) -> None:
    """By hand, with a denoiser that answers 0: the squares of the velocity at active sites."""
    nn.init.zeros_(model.denoiser.mix.weight)
    nn.init.zeros_(model.denoiser.mix.bias)
    loss = float(Denoising(model)(batch, Noise(3, range(4)))["denoising"].detach())
    noise = Noise(3, range(4))
    clean = batch["mean"] + noise.normal(2, 6)
    timesteps = model.schedule.draw(noise)
    velocity = model.schedule.target("velocity", clean, noise.normal(2, 6), timesteps)
    active = batch["support"].expand(4, 2, 6) > 0
    assert loss == pytest.approx(float(velocity[active].square().mean()), rel=1e-5)


def test_the_spread_is_that_of_active_sites(model: LatentDiffusion, batch: dict[str, Tensor]) -> None:
    model._fit_latents(Table(batch, {}, {}))
    active = batch["mean"][batch["support"].expand(4, 2, 6) > 0]
    assert float(model.latent_std) == pytest.approx(float(active.std()), rel=1e-5)


@pytest.mark.parametrize("sampler", [DDPM(), DDIM(20)])
def test_structures_are_drawn_on_the_support_alone(model, batch, sampler) -> None:
    model.sampler = sampler
    with torch.no_grad():
        drawn = model.draw(Noise(0, range(4)), {"support": batch["support"]})
    assert not (drawn * (1 - batch["support"])).any()
    assert np.all(drawn[1, :, 0].numpy() != 0) and not drawn[0].any()
    for seen in model.denoiser.seen:
        assert not (seen * (1 - batch["support"])).any()
