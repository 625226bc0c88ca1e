"""VOXPLOER's latent regulation: repel and sink (section 4.2, equations 3 to 9)."""

import torch
from torch import Tensor

from zoo import Regulariser, ZooError, gather


class RepelAndSink(Regulariser):
    """Coulomb repulsion between the classes and, much weaker, within each, and a sink at the origin.

    Terms, with d the Euclidean distance of two latents:

    - `inter`: `inter` x mean of 1 / (d + softening) over pairs of a valid and an invalid latent (equation 4);
    - `intra`: `intra` x the same mean over ordered pairs i != j within the valid, plus that within the invalid
      (equation 6);
    - `sink`: `sink` x mean square of the valid latents' elements, plus that of the invalid's (equation 7).

    Where the paper is silent or cannot be followed we do as its authors' code does. Means over the batch's pairs stand
    for sums over the data set's, so weights do not depend on the batch; `softening` keeps 1 / d finite; the weights are
    unpublished, and these are the code's. The force of the sink points outwards as printed (equation 7); the potential
    beside it draws inwards, and is what we take. lambda_RAS of equation 9 is contained in the three weights.
    """

    needs_negatives = True

    def __init__(self, inter: float = 4.0, intra: float = 4e-4, sink: float = 1e-3, softening: float = 0.1) -> None:
        if softening <= 0:
            raise ZooError(f"ras: softening {softening:g} must be positive.")
        self.inter = inter
        self.intra = intra
        self.sink = sink
        self.softening = softening

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        assert negative is not None
        valid, invalid = gather(positive.flatten(1)), gather(negative.flatten(1))
        return {
            "inter": self.inter * self._potential(valid, invalid).mean(),
            "intra": self.intra * (self._among(valid) + self._among(invalid)),
            "sink": self.sink * (valid.square().mean() + invalid.square().mean()),
        }

    def _among(self, latents: Tensor) -> Tensor:
        """Mean potential over ordered pairs of different latents; zero if there are none."""
        count = len(latents)
        potential = self._potential(latents, latents)
        itself = torch.eye(count, dtype=torch.bool, device=latents.device)
        return potential.masked_fill(itself, 0).sum() / max(1, count * (count - 1))

    def _potential(self, a: Tensor, b: Tensor) -> Tensor:
        # By differences: distances from inner products lose the small ones, where the potential is steepest.
        distance = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
        return 1 / (distance + self.softening)
