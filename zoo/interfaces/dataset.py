"""Which structures do we learn from?"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from zoo.interfaces.part import Part

if TYPE_CHECKING:
    pass


class Chunk(NamedTuple):
    """Some items of a dataset: hard structures `[n, *S]`, properties `{name: [n, ...]}`, and names, text `[n]`, where
    items have names."""

    structures: np.ndarray
    properties: Mapping[str, np.ndarray]
    names: np.ndarray | None = None


@dataclass(frozen=True)
class Card:
    """Where a dataset comes from. `edition` says whose it is: `zoo` for ours, whatever the published one is called."""

    title: str
    description: str
    edition: str
    licence: str
    citation: str = ""
    units: Mapping[str, str] = field(default_factory=dict)
    """The unit of each property."""


class Dataset(Part):
    """Which structures do we learn from? Built once into a store; the core splits, augments, packs and opens it.

    A recipe may give any dataset `properties`, the block of a property: its values are then computed of every item and
    kept in the store.
    """

    held_out: ClassVar[float] = 0.2
    """The share of items kept from training, split off before augmentation."""

    chunk_size: ClassVar[int] = 250
    """How many items are made at a time."""

    count: int
    """How many items there are; set by `__init__`."""

    folder: Path | None = None
    """Where a finished store of exactly these items lies already; None where it is to be built."""

    @abstractmethod
    def domain(self) -> Mapping[str, Any]:
        """The recipe block of the domain: `{"use": name, **arguments}`."""

    @abstractmethod
    def card(self) -> Card:
        """Source, edition, licence, citation."""

    @abstractmethod
    def make(self, items: range) -> Chunk:
        """These items, in order. Item i depends on the arguments and on i only: chunks are shared out among processes,
        and those that are there are kept when a build is interrupted."""

    def settle(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """A last look at all chunks, in order, by one process: for what an item cannot know alone, as that it is a copy
        of another. Sizes stay as they are."""
        return chunks

    def chunks(self) -> Iterator[Chunk]:
        """All items, in order, as the store has them. The same arguments give the same bytes."""
        starts = range(0, self.count, self.chunk_size)
        return self.settle(self.make(range(start, min(start + self.chunk_size, self.count))) for start in starts)
