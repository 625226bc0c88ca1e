"""Components that break their contracts, each in as many ways as `fault` has values. Needs toy_plugin."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import toy_plugin as toy

import zoo
from zoo import Component, hookimpl
from zoo.components.samplers.ddpm import DDPM


@hookimpl
def zoo_components() -> Iterable[Component]:
    return [
        Component("encoder", "shapeless", "broken_plugin:Shapeless", "Has no latent shape"),
        Component("encoder", "shifty", "broken_plugin:Shifty", "Has another latent shape than its latents"),
        Component("sampler", "homeless", "broken_plugin:Homeless", "Has no families"),
        Component("dataset", "faulty", "broken_plugin:Faulty", "Makes what is not wanted"),
        Component("evaluator", "unsound", "broken_plugin:Unsound", "Has scores that are none"),
    ]


class Shapeless(toy.Halving):
    @zoo.register_to_config
    def __init__(self, structure: zoo.Structure) -> None:
        super().__init__(structure)
        del self.latent_shape


class Shifty(toy.Halving):
    @zoo.register_to_config
    def __init__(self, structure: zoo.Structure) -> None:
        super().__init__(structure)
        self.latent_shape = (5,)


class Homeless(DDPM):
    families = ()


class Faulty(toy.Rows):
    def __init__(self, fault: str, count: int = 20) -> None:
        super().__init__(count=count)
        self.fault = fault

    def card(self) -> zoo.Card:
        return "a card" if self.fault == "card" else super().card()  # type: ignore[return-value]

    def domain(self) -> Mapping[str, Any]:
        return "row" if self.fault == "domain" else super().domain()  # type: ignore[return-value]

    def make(self, items: range) -> zoo.Chunk:
        rows = super().make(items).structures
        changed = {
            "length": rows[:-1],
            "shape": rows[:, :-1],
            "type": rows.astype("S8"),
            "list": rows.tolist(),
            "nan": np.where(rows > 0.9, np.nan, rows),
            "range": rows * 2,
        }
        properties = {"height": rows[:-1, 0]} if self.fault == "property" else {}
        return zoo.Chunk(changed.get(self.fault, rows), properties)


class Unsound(toy.Mean):
    def __init__(self, fault: str) -> None:
        self.fault = fault

    def scores(self, generated: np.ndarray, reference: zoo.Data, facts: zoo.Facts) -> Mapping[str, zoo.Score]:
        scores = {
            "list": [zoo.Score(1.0, "One.")],
            "number": {"one": 1.0},
            "text": {"one": zoo.Score("1", "One.")},  # type: ignore[arg-type]
            "samples": {"one": zoo.Score(1.0, "One.", np.ones(len(generated) + 1))},
        }
        return scores[self.fault]  # type: ignore[return-value]
