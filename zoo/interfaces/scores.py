"""How good is it? Evaluators and their scores."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from scipy.special import stdtrit

from zoo.interfaces.part import Part
from zoo.interfaces.structures import Domain


@dataclass(frozen=True)
class Score:
    """A number with the sentence that says what it measures. `per_sample` is `[n]`, or None for a score of the whole
    set."""

    value: float
    sentence: str
    per_sample: np.ndarray | None = None
    unit: str = ""
    higher_is_better: bool = True
    interval: tuple[float, float] | None = None
    """The 95 % confidence interval of the value: how far it may move with other samples of the same generator."""

    @classmethod
    def mean(cls, values: np.ndarray, sentence: str, unit: str = "", higher_is_better: bool = True) -> "Score":
        """The mean of `values` `[n]`, one per sample, with its `bootstrap` interval: none for a single sample, which
        does not say how far others may lie.

        A value is that sample's alone, or says whether it is the first of its like: the more such samples there are,
        the fewer can follow, and the interval is then wider than it need be.
        """
        interval = bootstrap(values) if len(values) > 1 else None
        return cls(float(values.mean()), sentence, values, unit, higher_is_better, interval)


RESAMPLES = 1000
LEVEL = 0.95


def bootstrap(values: np.ndarray) -> tuple[float, float]:
    """The percentile bootstrap interval (Efron 1979) of the mean of independent `values` `[n]`, at level 95 %, from
    1,000 resamples that are the same every time."""
    rng = np.random.default_rng(0)
    count, value = len(values), float(values.mean())
    means = [float(values[rng.integers(count, size=count)].mean()) for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return min(float(low), value), max(float(high), value)


def jackknife(value: float, without_one: np.ndarray) -> tuple[float, float]:
    """The jackknife interval (Tukey 1958), at level 95 %, of a score of a whole set: its value, more or less
    Student's t times the standard error that follows from `without_one` `[n]`, what the score is without each of the n
    samples.

    For scores of sets in which repeats count, as those of diversity: a bootstrap draws some samples again, and takes
    that for want of diversity. On average the jackknife's variance is that of the score of n - 1 independent samples
    or more, whatever the score is (Efron & Stein 1981), up to twice as much where pairs of samples decide. Where no
    sample alone changes the score, as a recall of 1 need not change, the interval has no width.
    """
    count = len(without_one)
    error = float(np.sqrt((count - 1) * without_one.var()))
    half = float(stdtrit(count - 1, (1 + LEVEL) / 2)) * error
    return value - half, value + half


@dataclass
class Facts:
    """Expensive facts that several evaluators share: each is computed once."""

    _known: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The fact of this name, computed by the first who asks."""
        if name not in self._known:
            self._known[name] = compute()
        return self._known[name]


class Reference(Protocol):
    """The data that generated structures are compared with."""

    @property
    def domain(self) -> Domain: ...

    @property
    def train(self) -> "Items":
        """Training structures, augmented as in training: with `domain.orientations` n, those from n i to n i + n - 1
        are one structure in its orientations, itself first."""

    @property
    def held_out(self) -> "Items":
        """Structures that no model has seen, not augmented."""

    @property
    def facts(self) -> Facts:
        """Expensive facts of the data alone, computed once for all sets that are held against them."""


class Items(Protocol):
    """A split of a dataset."""

    def __len__(self) -> int: ...

    def array(self, indices: np.ndarray | None = None) -> np.ndarray:
        """Hard structures `[n, *S]`, all of them by default."""

    def packed(self) -> np.ndarray:
        """All structures of a binary domain as bits, uint8 `[n, ceil(|S| / 8)]`, the first value in the highest bit."""


class Evaluator(Part):
    """How good is it?"""

    headline: ClassVar[tuple[str, ...]] = ()
    """The scores to look at first: as few as say what is wrong with samples that win the others. Of evaluators that say
    more of what is known already, none."""

    @abstractmethod
    def scores(self, generated: np.ndarray, reference: Reference, facts: Facts) -> Mapping[str, Score]:
        """Scores of hard structures `[n, *S]`, at least one. Facts of them that other evaluators ask for too go through
        `facts.once`, those of the data through `reference.facts.once`. A score that so few structures do not have, as
        diversity of one, is left out.

        Where several processes share a run, each calls it with the same arguments: long work is done in parts by
        `zoo.shared`."""
