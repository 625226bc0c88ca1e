"""A dataset whose items have a property more."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
import torch

from zoo.interfaces.dataset import Card, Chunk, Dataset
from zoo.interfaces.domain import Domain
from zoo.interfaces.property import Property


class Measured(Dataset):
    """The items of a dataset with the values of a property, computed as they are made: what `properties` in a recipe's
    dataset asks for. Values may take long, so chunks are small, and little is lost when a build is stopped."""

    chunk_size: ClassVar[int] = 32

    def __init__(self, dataset: Dataset, measure: Property) -> None:
        self.count = dataset.count
        self.held_out = dataset.held_out  # type: ignore[misc]
        self._dataset = dataset
        self._measure = measure

    def domain(self) -> Mapping[str, Any]:
        return self._dataset.domain()

    def card(self) -> Card:
        card = self._dataset.card()
        return dataclasses.replace(card, units={**card.units, **self._measure.units})

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
        from zoo.building.builder import build

        domain: Domain = build("domain", self.domain())
        values = self._measure.values(torch.from_numpy(structures).float(), domain.lattice(len(structures)))
        return {name: found.cpu().numpy() for name, found in values.items()}
