"""Guidance in `kirigami_design.py`: a diffusion of cells, an energy to guide it by, and the same energy without it.

The energy is that of a network that foresees the property, trained on the cells whose property is known, and of cuts
that reach into each other. Its gradient calls no property. The exact energy, that of the slit sheet, would cost two
calls a step and jumps where cuts begin to cross, where there is no sheet.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from zoo import Noise, Objective, Structure
from zoo.building.builder import build
from zoo.components.models.latent_diffusion import Denoising, LatentDiffusion
from zoo.components.samplers.universal import UniversalGuidance
from zoo.interfaces.model import Model
from zoo.interfaces.sampler import Sampler
from zoo_kirigami.components.signed_overlap import SignedOverlap

SAMPLER = {"use": "ddpm", "steps": 50, "variance": "small"}
STEPS, RATE, SHARE = 40, 0.3, 0.2
"""Of backward guidance, and the last part of the walk in which it acts."""


WEIGHT = 0.1
"""Of squared standard deviations of the property, beside overlaps in units of the lattice."""


class Foreseen(Objective):
    """How far from the target a network foresees the property of cells to be, squared, plus how far cuts reach into
    each other. `foresee` gives [B, k] of angles [B, n, n], in standard deviations, as does the target."""

    def __init__(self, structure: Structure, foresee: Callable[[Tensor], Tensor]) -> None:
        self.foresee = foresee
        self.overlap = SignedOverlap(structure, sharpness=300, margin=0.002)

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        missed = self.foresee(structures) - torch.tensor(list(target.values()))
        return WEIGHT * missed.square().sum(1) + self.overlap.energy(structures, {})


def diffusion(structure: Structure) -> LatentDiffusion:
    """`kirigami-ddpm-double-angle` with a denoiser for cells as small as these, untrained."""
    block = {
        "use": "latent-diffusion",
        "encoder": {"use": "double-angle"},
        "latent_norm": "none",
        "schedule": {"use": "linear"},
        "denoiser": {"use": "residual-mlp", "depth": 6, "width": 384},
        "sampler": SAMPLER,
    }
    model: LatentDiffusion = build(Model, block, structure=structure)
    return model


def denoising(model: LatentDiffusion, cells: Tensor) -> Callable[[Tensor, int], Tensor]:
    """The loss of a step on the cells [N, n, n] with the given rows."""
    player = Denoising(model)
    latents = model.encoder.encode(cells.float()).mean

    def loss(rows: Tensor, step: int) -> Tensor:
        return player({"mean": latents[rows]}, Noise(step, range(len(rows))))["denoising"]

    return loss


def guided(model: LatentDiffusion, items: range, seed: int, objective: Objective, target: dict[str, float]) -> Tensor:
    """Soft cells at the end of guided walks."""
    settings = {"strength": 0.0, "backward_steps": STEPS, "backward_lr": RATE, "share": SHARE}
    model.sampler = UniversalGuidance(build(Sampler, SAMPLER), objective, target, **settings)
    return model.sample(items, seed, {}, len(items))


def pushed(model: LatentDiffusion, cells: Tensor, objective: Objective, target: Mapping[str, float]) -> Tensor:
    """Soft cells that the same energy makes of others, in as many steps, without the walk."""
    latents = model.encoder.encode(cells.float()).mean
    for _ in range(round(SHARE * SAMPLER["steps"]) * STEPS):
        latents.requires_grad_()
        energy = objective.energy(model.encoder.decode(latents), target).sum()
        latents = (latents - RATE * torch.autograd.grad(energy, latents)[0]).detach()
    return model.encoder.decode(latents)
