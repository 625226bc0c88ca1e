"""The discriminator of the GAN and the critic of the WGAN: nearly one network, as in the paper."""

from torch import Tensor

from zoo import Critic, Structure, register_to_config
from zoo_kirigami.networks.layers import downward


class CircularCritic(Critic):
    """Patterns `[n, n]` -> one number, with `width`, 2 `width` and 4 `width` channels.

    No batch normalisation, since it would let the critic compare the patterns of a batch.
    """

    @register_to_config
    def __init__(self, structure: Structure, width: int = 64) -> None:
        super().__init__()
        self.structure = Structure(*structure)
        self.layers = downward(self.structure, 1, width, batch_norm=False)

    def forward(self, structures: Tensor) -> Tensor:
        scores: Tensor = self.layers(self.structure.to_unit(structures)).squeeze(1)
        return scores
