"""The force field of known latents: equation 10 of VOXPLOER, and the search for neighbours that makes it affordable."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from zoo import ZooError

NEAREST = 1e-3
"""Distances count as at least this share of the radius: the force has a pole at 0."""

ALIKE = 1e-2
"""Latents nearer than this share of the data's spread are one structure: its symmetric copies, up to rounding."""

LLOYD_ROUNDS = 10

FROM, TO = 1_000, 10_000
"""How many latents a share of pairs is counted from, and among how many."""


class Repulsion:
    """The force that latents `[N, D]` exert within `radius`: each repels by -1 / ln(1 - d / radius) at distance d.

    Latents are sorted into clusters. A cluster that no point of a batch can reach, by the triangle inequality, is
    skipped; no neighbour is ever missed. One cluster is brute force.
    """

    def __init__(self, latents: Tensor, radius: float, clusters: int) -> None:
        self.radius = radius
        centroids, labels = k_means(latents, min(clusters, len(latents)))
        # Coordinates relative to their cluster keep distances from inner products precise.
        members = [latents[labels == k] - centroid for k, centroid in enumerate(centroids)]
        filled = [k for k, group in enumerate(members) if len(group)]
        self.members = [members[k] for k in filled]
        self.centroids = centroids[filled]
        extents = torch.stack([group.norm(dim=1).max() for group in self.members])
        # A little more, lest rounding lose a neighbour.
        self.reach = (extents + radius) * (1 + 1e-4)

    def force(self, points: Tensor) -> Tensor:
        """Sum of the forces on points `[B, D]`, `[B, D]`. A row does not depend on the others."""
        total = torch.zeros_like(points)
        arrows = points[:, None] - self.centroids
        reached = (arrows.norm(dim=2) <= self.reach).any(0)
        for k in reached.nonzero().flatten().tolist():
            total += self._force(arrows[:, k], self.members[k])
        return total

    def _force(self, points: Tensor, members: Tensor) -> Tensor:
        # Beyond the radius the limit in equation 10 takes care of itself: -1 / ln(0) = 0.
        share = torch.cdist(points, members).div_(self.radius).clamp_(NEAREST, 1.0)
        per_distance = torch.log1p(-share).mul_(share).reciprocal_().div_(-self.radius)
        return per_distance.sum(1, keepdim=True) * points - per_distance @ members


def k_means(points: Tensor, clusters: int) -> tuple[Tensor, Tensor]:
    """Centroids `[clusters, D]` and each point's label `[N]`: Lloyd's algorithm, a few rounds from drawn points."""
    start = np.random.default_rng(0).choice(len(points), clusters, replace=False)
    centroids = points[torch.from_numpy(start).to(points.device)]
    labels = torch.cdist(points, centroids).argmin(1)
    for _ in range(LLOYD_ROUNDS):
        # Sums as a product: on a GPU, adding up by index is not reproducible.
        belongs = one_hot(labels, clusters).T.to(points.dtype)
        counts = belongs.sum(1, keepdim=True)
        centroids = torch.where(counts > 0, belongs @ points / counts.clamp_min(1), centroids)
        labels = torch.cdist(points, centroids).argmin(1)
    return centroids, labels


def pair_distance(latents: Tensor, share: float) -> float:
    """The distance within which a latent of `[N, D]` has this share of the others, on average over some of them.

    Pairs that are one structure do not count: a dataset's symmetric copies may have one latent.
    """
    centred = latents - latents.mean(0)
    spread = centred.square().sum(1).mean().sqrt()
    chosen = np.random.default_rng(0).permutation(len(centred))
    some, others = (centred[torch.from_numpy(chosen[:count]).to(centred.device)] for count in (FROM, TO))
    distance = torch.cdist(some, others)
    distance = distance[distance > ALIKE * spread]
    if len(distance) == 0:
        raise ZooError("srr: the training latents are all alike, so they give no radius.")
    return float(distance.kthvalue(max(1, round(share * len(distance)))).values)
