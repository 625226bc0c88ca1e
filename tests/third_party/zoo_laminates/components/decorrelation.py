"""Decorrelation of latents (Bardes, Ponce & LeCun 2022, VICReg, equations 3 and 4)."""

from torch import Tensor

from zoo import Regulariser, gather


class Decorrelation(Regulariser):
    """`weight` times the sum of the squared covariances of different latent numbers, divided by their count."""

    def __init__(self, weight: float = 0.04) -> None:
        self.weight = weight

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        flat = gather(positive.flatten(1))
        centred = flat - flat.mean(0)
        covariance = centred.T @ centred / max(1, len(flat) - 1)
        different = covariance - covariance.diagonal().diag()
        return {"decorrelation": self.weight * different.square().sum() / flat.shape[1]}
