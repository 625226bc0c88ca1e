"""Which structures do we learn from?"""

import dataclasses
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np
import torch

from zoo.interfaces.domain import Domain
from zoo.interfaces.kind import Kind
from zoo.interfaces.part import Part
from zoo.interfaces.property import Property

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
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """How properties turn with their structure, where that is other than by their name: a number whose name has axes in
    it, as `Ex`, is of the kind `axes`, the property `lattice` a tensor, everything else a scalar."""


class Dataset(Part):
    """Which structures do we learn from? Built once into a store; the core splits, augments, packs and opens it.

    A recipe may give any dataset `properties`, the block of a property: its values are then computed of every item and
    kept in the store.
    """

    common: ClassVar[Mapping[str, Any]] = {"properties": Property}

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

    def with_common(self, given: Mapping[str, Any], build: Callable[..., Any]) -> "Dataset":
        """The dataset, its items measured by the property that a recipe asks for."""
        return Measured(self, given["properties"], build)


class Measured(Dataset):
    """The items of a dataset with the values of a property, computed as they are made: what `properties` in a recipe's
    dataset asks for. Values may take long, so chunks are small, and little is lost when a build is stopped."""

    chunk_size: ClassVar[int] = 32

    def __init__(self, dataset: Dataset, measure: Property, build: Callable[..., Any]) -> None:
        self.count = dataset.count
        self.held_out = dataset.held_out  # type: ignore[misc]
        self._dataset = dataset
        self._measure = measure
        self._build = build

    def domain(self) -> Mapping[str, Any]:
        return self._dataset.domain()

    def card(self) -> Card:
        card = self._dataset.card()
        measure = self._measure
        units, kinds = {**card.units, **measure.units}, {**card.kinds, **measure.kinds}
        return dataclasses.replace(card, units=units, kinds=kinds)

    def make(self, items: range) -> Chunk:
        return self._measured(self._dataset.make(items))

    def settle(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        """What the dataset itself replaces is measured again."""
        made: list[Chunk] = []

        def remembered() -> Iterator[Chunk]:
            for chunk in chunks:
                made.append(chunk)
                yield chunk

        for settled in self._dataset.settle(remembered()):
            before = made.pop(0)
            changed = (settled.structures != before.structures).reshape(len(before.structures), -1).any(1)
            properties = {name: before.properties[name].copy() for name in self._measure.units}
            if changed.any():
                for name, values in self._values(settled.structures[changed]).items():
                    properties[name][changed] = values
            yield settled._replace(properties={**settled.properties, **properties})

    def _measured(self, chunk: Chunk) -> Chunk:
        return chunk._replace(properties={**chunk.properties, **self._values(chunk.structures)})

    def _values(self, structures: np.ndarray) -> dict[str, np.ndarray]:
        domain: Domain = self._build(Domain, self.domain())
        values = self._measure.values(torch.from_numpy(structures).float(), domain.lattice(len(structures)))
        return {name: value.cpu().numpy() for name, value in values.items()}
