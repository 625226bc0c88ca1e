"""How does a code become a structure?"""

from abc import abstractmethod

from torch import Tensor

from zoo.interfaces.network import Network


class Generator(Network):
    """How does a code become a structure?"""

    latent_shape: tuple[int, ...]
    """Z, set by `__init__`."""

    @abstractmethod
    def forward(self, codes: Tensor) -> Tensor:
        """Codes `[B, *Z]` drawn from N(0, 1) -> soft structures `[B, *S]` in the domain's range."""
