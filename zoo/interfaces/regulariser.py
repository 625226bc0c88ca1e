"""What should latent space look like?"""

from abc import abstractmethod
from typing import ClassVar

from torch import Tensor

from zoo.interfaces.part import Part


class Regulariser(Part):
    """What should latent space look like?"""

    needs_negatives: ClassVar[bool] = False

    @abstractmethod
    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        """Weighted scalar terms for latents `[B, *Z]` of valid structures and, if asked for, of invalid ones.

        Under several processes the pairs span all of them: `zoo.gather` collects latents.
        """
