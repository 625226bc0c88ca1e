"""A step of DDPM."""

import torch

from exact_walks import walk
from zoo import Noise
from zoo.components.samplers.ddpm import DDPM
from zoo.components.schedules.linear import Linear


def test_a_ddpm_step_is_equation_2() -> None:
    """x_(t-1) = (x_t - beta_t / sqrt(1 - alpha_t^2) phi) / sqrt(1 - beta_t) + rho_t noise, rho_t = sqrt(beta_t)."""
    schedule, sampler = Linear(), DDPM()
    scheduler = sampler.scheduler(schedule)
    beta = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    alpha_squared = torch.cumprod(1 - beta, 0)
    given = walk(schedule, rows=3, size=64)
    noise = Noise(0, range(3))
    for t in (999, 500, 20, 1, 0):
        noisy, predicted_noise = given.noise.normal(2, 64).double().unbind(1)
        noise.normal(2, 64)
        clean = (noisy - (1 - alpha_squared[t]).sqrt() * predicted_noise) / alpha_squared[t].sqrt()
        found = sampler.advance(given, scheduler, clean, noisy, torch.tensor(t))
        step = (noisy - beta[t] / (1 - alpha_squared[t]).sqrt() * predicted_noise) / (1 - beta[t]).sqrt()
        if t > 0:
            step += beta[t].sqrt() * torch.stack(
                [torch.randn(64, generator=g, dtype=torch.float64) for g in noise.generators]
            )
        torch.testing.assert_close(found, step, rtol=1e-3, atol=1e-4)
