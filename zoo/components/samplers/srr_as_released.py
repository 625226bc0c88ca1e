"""Short-range repulsion as the code of VOXPLOER's authors has it, run where it does something."""

import torch
from torch import Tensor

from zoo import Sampler, Walk, ZooError
from zoo.components.samplers.repelled import Repelled
from zoo.components.samplers.repulsion import k_means

EVERY = 5
"""Steps from one push to the next."""
SOFTENING = 1e-3
POLE = 1e-8


class ReleasedRepulsion(Repelled):
    """Every fifth step of `base` is pushed away from the training latents of *one* cluster: the first whose own radius
    reaches to the noisy latent, of the `clusters` that k-means makes of them. The push is `strength` times the sum of
    the forces; tau is the largest cluster's radius, so thousands of neighbours add up. Neither rule is in the paper. In
    the released notebook the push is lost on a GPU, where it is written to a copy; here it is not.

    The walk is `base`'s. The released one is not equation 2: it takes 200 steps with the first 200 of 1,000 betas.
    """

    def __init__(self, base: Sampler, strength: float = 0.1, clusters: int = 40) -> None:
        if strength < 0 or clusters < 1:
            raise ZooError(
                f"srr-as-released: strength {strength:g} must not be negative, {clusters} clusters must be positive."
            )
        super().__init__(base)
        self.strength = strength
        self.clusters = clusters
        self._clusters: tuple[Tensor, Tensor, list[Tensor], Tensor] | None = None

    def displacement(self, walk: Walk, noisy: Tensor, spread: float, number: int) -> Tensor:
        push = torch.zeros_like(noisy)
        if number % EVERY:
            return push
        centroids, members, radii = self._sorted(walk.latents)
        inside = torch.cdist(noisy, centroids) <= radii
        first = torch.where(inside.any(1), inside.int().argmax(1), -1)
        for k in sorted(set(first[first >= 0].tolist())):
            # All rows, whichever are meant, so that a row is rounded in one way whatever the others are.
            force = _force(noisy, members[k], float(radii.max()))
            push = torch.where((first == k)[:, None], self.strength * force, push)
        return push

    def _sorted(self, latents: Tensor) -> tuple[Tensor, list[Tensor], Tensor]:
        """Centroids, members and radii of the clusters, worked out when the latents are first met."""
        if self._clusters is None or self._clusters[0] is not latents:
            flat = latents.flatten(1)
            centroids, labels = k_means(flat, min(self.clusters, len(flat)))
            groups = [flat[labels == k] for k in range(len(centroids))]
            filled = [k for k, group in enumerate(groups) if len(group)]
            members = [groups[k] for k in filled]
            radii = torch.stack([(groups[k] - centroids[k]).norm(dim=1).max() for k in filled])
            self._clusters = latents, centroids[filled], members, radii
        return self._clusters[1:]


def _force(points: Tensor, members: Tensor, radius: float) -> Tensor:
    distance = torch.cdist(points, members)
    size = -1 / torch.log((1 - distance / radius).clamp_min(POLE))
    size = torch.where((distance < radius) & (distance > POLE), size, 0.0) / (distance + SOFTENING)
    force: Tensor = size.sum(1, keepdim=True) * points - size @ members
    return force
