"""How good is it?"""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from zoo.interfaces.data import Data, Facts
from zoo.interfaces.part import Part
from zoo.interfaces.score import Score


class Evaluator(Part):
    """How good is it?"""

    headline: ClassVar[tuple[str, ...]] = ()
    """The scores to look at first: as few as say what is wrong with samples that win the others. Of evaluators that say
    more of what is known already, none."""

    needs_latents: ClassVar[bool] = False
    """Whether it judges the latent space of the model that has drawn the structures: it is asked where `facts.latents`
    are known, and left out elsewhere."""

    @abstractmethod
    def scores(self, generated: np.ndarray, reference: Data, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard structures `[n, *S]`, at least one, but for an evaluator of conditions, which has none where
        `facts.wanted`, what they were drawn for, is empty. Facts of them that other evaluators ask for too go through
        `facts.once`, those of the data through `reference.facts.once`; the data's properties are in its splits. A
        score that so few structures do not have, as diversity of one, is left out.

        Where several processes share a run, each calls it with the same arguments: long work is done in parts by
        `zoo.shared`."""
