"""Conditions as networks want them: fitted to the data, scaled, and hidden from some training samples."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from zoo.errors import ZooError
from zoo.interfaces.data import Data
from zoo.interfaces.network import Condition
from zoo.interfaces.noise import Noise

Scale = Literal["range", "spread"]
_BUFFERS: dict[Scale, tuple[str, str]] = {
    "range": ("condition_low", "condition_high"),
    "spread": ("condition_mean", "condition_spread"),
}


class Conditions:
    """The scalar properties `names` that a model is conditioned on. NaN is "not given", per sample and property.

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
        """Learn the scale from the training items whose value is known. ZooError for properties that are not numbers,
        and for those of which no value, or only one, is known."""
        problems = []
        first, second = (self._model.get_buffer(buffer) for buffer in _BUFFERS[self._scale])
        for i, name in enumerate(self.names):
            values = data.train.properties(name)
            known = values[~values.isnan()]
            if values.dim() != 1:
                problems.append(f"condition {name!r}: only scalar properties can be conditioned on.")
            elif not len(known):
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
        """All of `names`, scaled, `[count]` each; NaN for those that `values`, in the data's units, do not give."""
        first, second = (self._model.get_buffer(buffer) for buffer in _BUFFERS[self._scale])
        span = second - first if self._scale == "range" else second
        missing = torch.full((count,), torch.nan, device=first.device)
        return {name: (values.get(name, missing) - first[i]) / span[i] for i, name in enumerate(self.names)}

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
