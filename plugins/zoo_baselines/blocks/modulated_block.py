"""A residual block whose normalised features are scaled and shifted by the time."""

from torch import Tensor, nn

GROUPS = 8


class ModulatedBlock(nn.Module):
    """Volumes `[B, inputs, d, d, d]` and a context `[B, context]` -> `[B, outputs, d, d, d]`.

    Twice a convolution of 3^3, normalisation in 8 groups and SiLU. Before the first SiLU comes x (1 + scale) + shift,
    both linear in the SiLU of the context; nothing does where `context` is None. What came in is added, through a
    convolution of 1^3 where the number of channels changes.
    """

    def __init__(self, inputs: int, outputs: int, context: int | None) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv3d(inputs, outputs, 3, padding=1), nn.GroupNorm(GROUPS, outputs))
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(context, 2 * outputs)) if context else None
        self.second = nn.Sequential(
            nn.SiLU(), nn.Conv3d(outputs, outputs, 3, padding=1), nn.GroupNorm(GROUPS, outputs), nn.SiLU()
        )
        self.skip = nn.Conv3d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, volumes: Tensor, context: Tensor | None = None) -> Tensor:
        features = self.first(volumes)
        if self.modulation is not None:
            scale, shift = self.modulation(context)[:, :, None, None, None].chunk(2, 1)
            features = features * (1 + scale) + shift
        result: Tensor = self.second(features) + self.skip(volumes)
        return result
