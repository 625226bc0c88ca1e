"""A trained model that draws."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.dataset import Card
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.pretrained.sampling import Wanted, check_refinements, draw
from zoo.recipes.settings import Generate

Given = Mapping[str, float | Sequence[float] | np.ndarray]


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

    def sample(self, count: int, seed: int = 0, condition: Given | None = None) -> np.ndarray:
        """`count` hard structures `[count, *S]`: uint8 when binary, else float32.

        Structure i depends on `(seed, i)` only, and is the run's sample i if the run had this seed (on the same kind of
        device, with the same versions). `condition` holds wanted values of properties, in the data's units: one for all
        structures, or `[count]` of them, where NaN is "not given". By default it is the run's. ZooError if the model
        knows no such property, and for values that are not numbers or not as many as structures.
        """
        return np.concatenate(list(self.batches(count, seed, condition)))

    def batches(self, count: int, seed: int = 0, condition: Given | None = None) -> Iterator[np.ndarray]:
        """`sample`, a batch at a time."""
        given = self.generate.condition if condition is None else condition
        wanted = {name: _read(value) for name, value in given.items()}
        _check(count, wanted, self.model.conditions)
        check_refinements(self.generate, self.domain)
        return self._batches(count, seed, wanted)

    def _batches(self, count: int, seed: int, condition: Wanted) -> Iterator[np.ndarray]:
        size = self.generate.batch
        for start in range(0, count, size):
            indices = range(start, min(start + size, count))
            yield draw(self.model, self.domain, indices, self.generate, seed=seed, condition=condition)


def _check(count: int, wanted: Wanted, known: tuple[str, ...]) -> None:
    problems = [
        f"the model has no condition {name!r}.{did_you_mean(name, known)}" for name in wanted if name not in known
    ]
    problems += [f"condition {name}: {problem}" for name, value in wanted.items() if (problem := _fault(value, count))]
    if count < 1:
        problems.append(f"{count} samples; at least one can be drawn.")
    if problems:
        raise ZooError(*problems)


def _read(value: float | Sequence[float] | np.ndarray) -> float | np.ndarray:
    """One value, or an array of them."""
    array = np.asarray(value, np.float64)
    return array if array.ndim else float(array)


def _fault(value: float | np.ndarray, count: int) -> str:
    """What is wrong with the values of a condition."""
    if not isinstance(value, np.ndarray):
        return "" if math.isfinite(value) else f"{value} is not a number."
    if value.shape != (count,):
        return f"its values are an array {list(value.shape)}, and {count} samples are asked for."
    return f"{value[np.isinf(value)][0]} is not a number." if np.isinf(value).any() else ""
