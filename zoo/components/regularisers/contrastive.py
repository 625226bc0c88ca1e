"""Contrastive regulation of latent space, the alternative that VOXPLOER is compared with (section 5.2, table 2)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize, softplus

from zoo import Regulariser, ZooError, gather


class Contrastive(Regulariser):
    """Draws latents of a class together and the two classes apart.

    The paper says no more than that and cites Saunshi et al. 2019, so we take the loss of that work (its section 2,
    logistic loss with k negatives), known as InfoNCE: with s the similarity of two latents,

        ln(1 + sum over n of exp(s(x, n) - s(x, x')))

    where x and x' are of the same class and n runs over all of the other class; the mean over ordered pairs x != x' of
    a class, averaged over the two classes. The similarity is our choice: the cosine divided by `temperature`, for
    Saunshi et al. assume latents of bounded norm; so is the `weight`.
    """

    needs_negatives = True

    def __init__(self, weight: float = 0.1, temperature: float = 0.1) -> None:
        if temperature <= 0:
            raise ZooError(f"contrastive: temperature {temperature:g} must be positive.")
        self.weight = weight
        self.temperature = temperature

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        assert negative is not None
        valid = normalize(gather(positive.flatten(1)), dim=1)
        invalid = normalize(gather(negative.flatten(1)), dim=1)
        mean = (self._class_loss(valid, invalid) + self._class_loss(invalid, valid)) / 2
        return {"contrastive": self.weight * mean}

    def _class_loss(self, own: Tensor, other: Tensor) -> Tensor:
        count = len(own)
        alike = own @ own.T / self.temperature
        unlike = (own @ other.T / self.temperature).logsumexp(1, keepdim=True)
        itself = torch.eye(count, dtype=torch.bool, device=own.device)
        return softplus(unlike - alike).masked_fill(itself, 0).sum() / max(1, count * (count - 1))
