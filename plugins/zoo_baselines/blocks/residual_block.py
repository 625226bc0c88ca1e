"""The residual block of LAS-Diffusion's U-Net (Zheng et al. 2023)."""

from torch import Tensor, nn

from zoo_baselines.blocks.normalisation import group_norm
from zoo_baselines.blocks.zeroed import zeroed


class ResidualBlock(nn.Module):
    """Volumes `[B, inputs, d, d, d]` and a context `[B, context]` -> `[B, outputs, d, d, d]`.

    Twice normalisation, SiLU and a convolution of 3^3, with a bias in between that is linear in the context; the
    second convolution begins at zero, with dropout before it. What came in is added, through a convolution of 1^3 where
    the number of channels changes. `width` is the network's, for the groups of the normalisation.
    """

    def __init__(self, inputs: int, outputs: int, width: int, context: int, dropout: float) -> None:
        super().__init__()
        self.first = nn.Sequential(group_norm(inputs, width), nn.SiLU(), nn.Conv3d(inputs, outputs, 3, padding=1))
        self.bias = nn.Linear(context, outputs)
        last = zeroed(nn.Conv3d(outputs, outputs, 3, padding=1))
        self.second = nn.Sequential(group_norm(outputs, width), nn.SiLU(), nn.Dropout(dropout), last)
        self.skip = nn.Conv3d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, volumes: Tensor, context: Tensor) -> Tensor:
        biased = self.first(volumes) + self.bias(context)[:, :, None, None, None]
        result: Tensor = self.second(biased) + self.skip(volumes)
        return result
