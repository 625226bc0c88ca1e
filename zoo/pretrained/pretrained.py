"""A trained model that draws."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.dataset import Card
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.pretrained.sampling import check_refinements, draw
from zoo.recipes.settings import Generate


@dataclass(frozen=True)
class Pretrained:
    """A trained model that draws, as `zoo.load` returns it."""

    model: Model
    """Its parts and weights, in evaluation mode, gradients off."""
    domain: Domain
    card: Card
    """Card of the dataset that it has learned from."""
    provenance: Mapping[str, Any]
    """What a number about it must be quoted with."""
    generate: Generate
    """How the run that made it drew its samples."""

    def sample(self, count: int, seed: int = 0, condition: Mapping[str, float] | None = None) -> np.ndarray:
        """`count` hard structures `[count, *S]`: uint8 when binary, else float32.

        Structure i depends on `(seed, i)` only, and is the run's sample i if the run had this seed (on the same kind of
        device, with the same versions). `condition` holds wanted values of properties, in the data's units; by default
        it is the run's. ZooError if the model knows no such property.
        """
        return np.concatenate(list(self.batches(count, seed, condition)))

    def batches(self, count: int, seed: int = 0, condition: Mapping[str, float] | None = None) -> Iterator[np.ndarray]:
        """`sample`, a batch at a time."""
        target = self.generate.condition if condition is None else condition
        _check(count, target, self.model.conditions)
        check_refinements(self.generate, self.domain)
        return self._batches(count, seed, target)

    def _batches(self, count: int, seed: int, condition: Mapping[str, float]) -> Iterator[np.ndarray]:
        size = self.generate.batch
        for start in range(0, count, size):
            indices = range(start, min(start + size, count))
            yield draw(self.model, self.domain, indices, self.generate, seed=seed, condition=condition)


def _check(count: int, condition: Mapping[str, float], known: tuple[str, ...]) -> None:
    problems = [
        f"the model has no condition {name!r}.{did_you_mean(name, known)}" for name in condition if name not in known
    ]
    problems += [
        f"condition {name}: {value} is not a number." for name, value in condition.items() if not math.isfinite(value)
    ]
    if count < 1:
        problems.append(f"{count} samples; at least one can be drawn.")
    if problems:
        raise ZooError(*problems)
