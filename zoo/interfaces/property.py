"""What is a structure worth?"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor

from zoo.interfaces.kind import Kind
from zoo.interfaces.part import Part

if TYPE_CHECKING:
    pass


class Property(Part):
    """What is a structure worth? Computed, or learned by a network with a stage of its own."""

    units: ClassVar[Mapping[str, str]]
    """Unit of each value, and the base material it holds for."""

    kinds: ClassVar[Mapping[str, Kind]] = {}
    """How values turn with the structure, as `Card.kinds` has it."""

    @abstractmethod
    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        """Values `{name: [B, ...]}` of structures `[B, *S]` on lattices `[B, 3, 3]`; trailing axes are tensor order."""
