"""How near samples come to what was asked of them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from zoo import Data, Evaluator, Facts, Property, Score, ZooError, property_number

_CHUNK = 32


class ConditionMet(Evaluator):
    """How near the properties of structures that were drawn under a condition come to the wanted values: for each
    condition the mean absolute error, and the share of structures within `tolerance` times the standard deviation of
    the training data.

    The properties are those that the domain shows by itself, as a volume fraction, and those that the component
    `properties` computes, in that order. Structures for which a value was not given count for no score of it. Without a
    condition there are no scores. ZooError unless `tolerance` is positive, and for conditions on what is not computed.
    """

    def __init__(self, tolerance: float = 0.1, properties: Property | None = None) -> None:
        if tolerance <= 0:
            raise ZooError(f"condition-met: tolerance {tolerance:g} must be positive.")
        self.tolerance = tolerance
        self.properties = properties

    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores `<condition>_error` and `<condition>_met`, brackets of the condition's name as low lines."""
        wanted = {name: values for name, values in facts.wanted.items() if not np.isnan(values).all()}
        if not wanted:
            return {}
        found = dict(reference.domain.own_properties(generated))
        if self.properties is not None and any(name not in found for name in wanted):
            found |= self._computed(self.properties, generated, reference)
        known = {name: torch.as_tensor(values) for name, values in found.items()}
        numbers = {name: property_number(known, name) for name in wanted}
        problems = [
            f"condition-met: nothing computes {name!r} of samples; a component that does goes into `properties`. "
            f"Computed: {', '.join(sorted(found)) or 'nothing'}."
            for name, values in numbers.items()
            if values is None
        ]
        if problems:
            raise ZooError(*problems)
        scores: dict[str, Score] = {}
        for name, values in numbers.items():
            assert values is not None
            scores |= dict(self._of(name, values.double().numpy(), wanted[name], _spread(reference, name)))
        return scores

    def _computed(self, properties: Property, generated: np.ndarray, reference: Data) -> dict[str, np.ndarray]:
        def parts() -> Iterator[Mapping[str, Tensor]]:
            for start in range(0, len(generated), _CHUNK):
                part = torch.from_numpy(generated[start : start + _CHUNK]).float()
                yield properties.values(part, reference.domain.lattice(len(part)))

        chunks = list(parts())
        return {name: torch.cat([chunk[name] for chunk in chunks]).numpy() for name in chunks[0]}

    def _of(self, name: str, values: np.ndarray, wanted: np.ndarray, spread: float) -> Iterator[tuple[str, Score]]:
        units = self.properties.units if self.properties is not None else {}
        unit = units.get(name.partition("[")[0], "")
        given = ~np.isnan(wanted)
        errors = np.abs(values - wanted)[given]
        met = (errors <= self.tolerance * spread).astype(float)
        of = "" if given.all() else f" Of the {given.sum()} of {len(given)} structures for which one was given."
        error = Score.mean(
            errors,
            f"Mean absolute difference of {name} from the wanted value; over the training data it has a standard "
            f"deviation of {spread:.3g}.{of}",
            unit,
            higher_is_better=False,
        )
        share = Score.mean(
            met,
            f"Share of structures whose {name} differs from the wanted value by no more than {self.tolerance:g} "
            f"standard deviations of the training data.{of}",
        )
        plain = re.sub(r"\W+", "_", name).strip("_")
        for ending, score in (("error", error), ("met", share)):
            yield f"{plain}_{ending}", score if given.all() else replace(score, per_sample=None)


def _spread(reference: Data, name: str) -> float:
    """The standard deviation of a condition over the training structures of which it is known."""
    whole = name.partition("[")[0]
    numbers = property_number({whole: reference.train.properties(whole)[reference.train.originals]}, name)
    assert numbers is not None
    known = numbers[~numbers.isnan()].double()
    return float(known.std(correction=0))
