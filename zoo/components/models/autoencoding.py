"""Training an encoder, alone or with a regulariser: the stage that latent-diffusion and prior-decoder share."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from zoo import Batch, Encoder, Negatives, Noise, Regulariser


@torch.no_grad()
def positive_and_negative(
    encoder: Encoder, negatives: Negatives | None, structures: Tensor, noise: Noise
) -> dict[str, Tensor]:
    """The latents `[B, *Z]` of structures `[B, *S]`, and of invalid ones made from them if `negatives` are known."""
    latents = {"positive": encoder.encode(structures).mean}
    if negatives is not None:
        latents["negative"] = encoder.encode(negatives.differing(structures, noise)).mean
    return latents


class Autoencoding(nn.Module):
    """The player of the stage `autoencoder`. Its terms are the encoder's loss and the regulariser's (VOXPLOER,
    equation 9; the weights live in the parts).

    Where the regulariser needs negatives, they are reconstructed too, with weight `negative_weight`: the paper does
    not say so, its authors' code does (0.2), and without it a decoder never sees the region that the negatives are
    pushed to.
    """

    def __init__(
        self,
        encoder: Encoder,
        regulariser: Regulariser | None = None,
        negatives: Negatives | None = None,
        negative_weight: float = 0.0,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.regulariser = regulariser
        self.negatives = negatives
        self.negative_weight = negative_weight

    def forward(self, batch: Batch, noise: Noise) -> Mapping[str, Tensor]:
        positive: Tensor = batch["structure"]
        if self.regulariser is None or not self.regulariser.needs_negatives:
            posterior = self.encoder.encode(positive)
            terms = self.encoder.loss(positive, posterior, noise)
            if self.regulariser is not None:
                terms |= self.regulariser.loss(posterior.mean, None)
            return terms
        assert self.negatives is not None
        with torch.no_grad():
            negative = self.negatives.differing(positive, noise)
        posterior = self.encoder.encode(positive)
        counter = self.encoder.encode(negative)
        terms = self.encoder.loss(positive, posterior, noise)
        for name, term in self.encoder.loss(negative, counter, noise).items():
            terms[f"negative_{name}"] = self.negative_weight * term
        return terms | self.regulariser.loss(posterior.mean, counter.mean)
