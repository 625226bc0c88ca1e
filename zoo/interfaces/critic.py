"""Does this look real?"""

from abc import abstractmethod

from torch import Tensor

from zoo.interfaces.network import Network


class Critic(Network):
    """Does this look real?"""

    @abstractmethod
    def forward(self, structures: Tensor) -> Tensor:
        """Soft structures `[B, *S]` -> one real number each, `[B]`: a logit or a Wasserstein potential, no sigmoid."""
