"""No regulariser, for ablations that name one."""

from torch import Tensor

from zoo import Regulariser


class NoRegulariser(Regulariser):
    """Leaves latent space as the encoder makes it."""

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        return {}
