"""How well a denoiser of voxel cells learns a handful of them by heart."""

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from zoo import Denoiser, Noise, Schedule


def cells(side: int) -> Tensor:
    """Four cells `[4, d, d, d]` of -1 and 1: a frame, two walls, a wedge and a post."""
    axis = (torch.arange(side) + 0.5) / side - 0.5
    x, y, z = torch.meshgrid(axis, axis, axis, indexing="ij")
    post = x**2 + y**2 < 0.08
    frame = ((x.abs() > 0.3).int() + (y.abs() > 0.3).int() + (z.abs() > 0.3).int()) >= 2
    walls = (x.abs() < 0.15) | (y.abs() < 0.15)
    wedge = x + z > 0.1
    return torch.stack([frame, walls, wedge, post]).float() * 2 - 1


def overlap_after(denoiser: Denoiser, schedule: Schedule, clean: Tensor, steps: int, lr: float) -> Tensor:
    """IoU `[B]` of each clean cell with the sign of what is predicted of it at mid-noise, after training on them in the
    middle half of the schedule."""
    optimiser = torch.optim.AdamW(denoiser.parameters(), lr)
    slowing = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    torch.manual_seed(0)
    for step in range(steps):
        noise = Noise(step, range(4 * len(clean)))
        batch = clean.repeat(4, *(1,) * (clean.dim() - 1))
        timesteps = schedule.steps // 4 + schedule.draw(noise) // 2
        added = noise.normal(*clean.shape[1:])
        noisy = schedule.corrupt(batch, added, timesteps)
        target = schedule.target(denoiser.prediction, batch, added, timesteps)
        loss = mse_loss(denoiser(noisy, schedule.level(timesteps), {}), target)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        slowing.step()
    denoiser.eval()
    timesteps = torch.full((len(clean),), schedule.steps // 2)
    noisy = schedule.corrupt(clean, Noise(-1, range(len(clean))).normal(*clean.shape[1:]), timesteps)
    with torch.no_grad():
        output = denoiser(noisy, schedule.level(timesteps), {})
    found, wanted = schedule.clean(denoiser.prediction, output, noisy, timesteps) > 0, clean > 0
    return (found & wanted).flatten(1).sum(1) / (found | wanted).flatten(1).sum(1)
