"""Conditions as networks want them: fitted to the data, scaled, and hidden from some training samples."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from zoo.errors import ZooError
from zoo.interfaces.data import Data
from zoo.interfaces.network import Condition
from zoo.interfaces.noise import Noise

_COMPONENT = re.compile(r"([^\[\]]+)((?:\[\d+\])+)")

Scale = Literal["range", "spread"]
_BUFFERS: dict[Scale, tuple[str, str]] = {
    "range": ("condition_low", "condition_high"),
    "spread": ("condition_mean", "condition_spread"),
}


def property_place(name: str) -> tuple[str, tuple[int, ...]]:
    """The property that a condition names, and the place of its number there: `stiffness[0][3]` is ("stiffness",
    (0, 3)), and a name without brackets a property of single numbers, ()."""
    match = _COMPONENT.fullmatch(name)
    if match is None:
        return name, ()
    return match[1], tuple(int(place) for place in re.findall(r"\d+", match[2]))


def misplaced(name: str, shape: Sequence[int]) -> str:
    """What is wrong with a condition on a property whose values have this shape; empty if it names one number."""
    whole, place = property_place(name)
    if len(place) == len(shape) and all(i < size for i, size in zip(place, shape, strict=True)):
        return ""
    if not shape:
        return f"condition {name!r}: {whole} is a single number, and has no components."
    first = whole + "[0]" * len(shape)
    return f"condition {name!r}: {whole} is an array {list(shape)}; name one of its numbers, as {first}."


def property_number(properties: Mapping[str, Tensor], name: str) -> Tensor | None:
    """The numbers `[B]` that a condition names, of properties `{name: [B, ...]}`; None where there is no such
    property."""
    if name in properties:
        return properties[name]
    whole, place = property_place(name)
    return _at(properties[whole], place) if whole in properties else None


def _at(values: Tensor, place: tuple[int, ...]) -> Tensor:
    index: tuple[slice | int, ...] = (slice(None), *place)
    return values[index]


class Conditions:
    """The numbers `names` that a model is conditioned on: scalar properties, or components of others, as
    `stiffness[0][3]`. NaN is "not given", per sample and name.

    What is fitted lies in two buffers `[names]` of `model`, and so in its weights: for the scale "range"
    `condition_low` and `condition_high`, which become 0 and 1; for "spread" `condition_mean` and `condition_spread`,
    which become 0 and one unit.
    """

    def __init__(self, model: nn.Module, names: Sequence[str], scale: Scale = "range") -> None:
        self.names = tuple(names)
        self._model = model
        self._scale: Scale = scale
        for buffer, value in zip(_BUFFERS[scale], (0.0, 1.0), strict=True):
            model.register_buffer(buffer, torch.full((len(self.names),), value))

    def fit(self, data: Data) -> None:
        """Learn the scale from the training items whose value is known. ZooError for names that are not those of single
        numbers, and for those of which no value, or only one, is known."""
        problems = []
        first, second = (self._model.get_buffer(buffer) for buffer in _BUFFERS[self._scale])
        for i, name in enumerate(self.names):
            whole, place = property_place(name)
            values = data.train.properties(whole)
            if problem := misplaced(name, values.shape[1:]):
                problems.append(problem)
                continue
            numbers = _at(values, place)
            known = numbers[~numbers.isnan()]
            if not len(known):
                problems.append(f"condition {name!r}: no structure to learn from has a value.")
            elif known.min() == known.max():
                problems.append(f"condition {name!r}: all structures to learn from have the value {known[0]:g}.")
            elif self._scale == "range":
                first[i], second[i] = known.min(), known.max()
            else:
                first[i], second[i] = known.mean(), known.std()
        if problems:
            raise ZooError(*problems)

    def scaled(self, values: Condition, count: int) -> Condition:
        """All of `names`, scaled, `[count]` each; NaN for those that `values` do not give. These are in the data's
        units, by the names of conditions or, as batches have them, whole properties `{name: [count, ...]}`."""
        first, second = (self._model.get_buffer(buffer) for buffer in _BUFFERS[self._scale])
        span = second - first if self._scale == "range" else second
        missing = torch.full((count,), torch.nan, device=first.device)
        given = {name: property_number(values, name) for name in self.names}
        return {
            name: ((missing if value is None else value) - first[i]) / span[i]
            for i, (name, value) in enumerate(given.items())
        }

    def drop(self, condition: Condition, noise: Noise, *modes: tuple[Sequence[str], float]) -> Condition:
        """A scaled condition with some names hidden, for training: each sample falls into one of the `modes`
        (names to hide, chance), or into none."""
        if not condition:
            return condition
        lot = noise.uniform()
        hidden: dict[str, Tensor] = {name: torch.zeros_like(lot, dtype=torch.bool) for name in condition}
        start = 0.0
        for names, chance in modes:
            chosen = (lot >= start) & (lot < start + chance)
            start += chance
            for name in names:
                hidden[name] |= chosen
        return {name: value.masked_fill(hidden[name], torch.nan) for name, value in condition.items()}
