"""VOXPLOER's short-range repulsion (section 4.3, equation 10): steer clear of what is known."""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor

from zoo import Sampler, Walk, ZooError
from zoo.components.samplers.repelled import Repelled
from zoo.components.samplers.repulsion import Repulsion, pair_distance

CROWD = 256
"""Training latents at which the typical force is measured."""


class ShortRangeRepulsion(Repelled):
    """Adds to each step of `base` the repulsion of all training latents within a radius of the noisy latent x_t.

    The radius tau is the distance within which a training latent has the share `coverage` of all others, copies of a
    structure left out. Distances in many dimensions are nearly one, so a multiple of that to the nearest neighbour can
    take in most of the data; with a share it is short-ranged by construction, and noisy latents have fewer known ones
    about them still. The paper says "short-ranged" and gives no radius; its authors' code takes a cluster's.

    Equation 10 adds up lambda_SRR times the forces of all neighbours, with a pole at each latent. Here lambda_SRR is,
    at each step, `strength` times the length of the noise that the step's forward transition adds (sqrt(beta_t D) in
    DDPM, for D dimensions), in units of the typical force: the median over training latents that have neighbours. The
    summed displacement is cut off at `cap` times that length. So `strength` 0.1 moves a latent amid the data by a tenth
    of the noise, and ten times the strength by ten times as much, up to the cap. The paper gives no value for
    lambda_SRR; its authors' code has 0.1.

    `clusters` (40 in the code) bears on speed only: those beyond reach are skipped. On a GPU, 1 is faster.
    """

    revision = 2
    retired: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("radius_quantile", "radius_scale"), "The radius follows from `coverage`, the share of latents within it."
    )

    def __init__(
        self, base: Sampler, strength: float = 0.1, coverage: float = 0.005, clusters: int = 40, cap: float = 1.0
    ) -> None:
        _check(strength, coverage, clusters, cap)
        super().__init__(base)
        self.strength = strength
        self.coverage = coverage
        self.clusters = clusters
        self.cap = cap
        self._field: tuple[Tensor, Repulsion, float] | None = None

    def displacement(self, walk: Walk, noisy: Tensor, spread: float, number: int) -> Tensor:
        field, typical = self._measured(walk.latents)
        length = spread * noisy.shape[1] ** 0.5
        push = self.strength * length / typical * field.force(noisy)
        longest = self.cap * length
        capped: Tensor = push * (longest / push.norm(dim=1, keepdim=True).clamp_min(longest))
        return capped

    def _measured(self, latents: Tensor) -> tuple[Repulsion, float]:
        """The force field of these training latents and its typical force, worked out when they are first met."""
        if self._field is None or self._field[0] is not latents:
            flat = latents.flatten(1)
            field = Repulsion(flat, pair_distance(flat, self.coverage), self.clusters)
            forces = field.force(flat[torch.linspace(0, len(flat) - 1, min(CROWD, len(flat))).long()]).norm(dim=1)
            felt = forces[forces > 0]
            self._field = latents, field, float(felt.median()) if len(felt) else 1.0
        return self._field[1], self._field[2]


def _check(strength: float, coverage: float, clusters: int, cap: float) -> None:
    problems = []
    if strength < 0:
        problems.append(f"srr: strength {strength:g} must not be negative.")
    if not 0 < coverage < 1:
        problems.append(f"srr: coverage {coverage:g} must lie between 0 and 1.")
    if clusters < 1:
        problems.append(f"srr: {clusters} clusters; there must be at least one.")
    if cap <= 0:
        problems.append(f"srr: cap {cap:g} must be positive.")
    if problems:
        raise ZooError(*problems)
