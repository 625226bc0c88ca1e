"""A score, and how far it may move with other samples."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, GetPydanticSchema, PlainSerializer, TypeAdapter
from scipy.special import stdtrit

_Number = Annotated[float, PlainSerializer(float)]
_Numbers = Annotated[
    list[float], AfterValidator(np.array), PlainSerializer(lambda values: np.asarray(values, float).tolist())
]
_Array = Annotated[np.ndarray, GetPydanticSchema(lambda _, handler: handler(_Numbers))]
"""An array that is a list of numbers in a file."""


@dataclass(frozen=True)
class Score:
    """A number with the sentence that says what it measures. `per_sample` is `[n]`, or None for a score of the whole
    set."""

    value: _Number
    sentence: str
    per_sample: _Array | None = None
    unit: str = ""
    higher_is_better: bool = True
    interval: tuple[_Number, _Number] | None = None
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


SCORES = TypeAdapter(dict[str, Score])
"""Scores by their names, from JSON and to what JSON can say."""

RESAMPLES = 1000
RESAMPLES_AT_ONCE = 50
LEVEL = 0.95


def bootstrap(values: np.ndarray) -> tuple[float, float]:
    """The percentile bootstrap interval (Efron 1979) of the mean of independent `values` `[n]`, at level 95 %, from
    1,000 resamples that are the same every time."""
    rng = np.random.default_rng(0)
    count, value = len(values), float(values.mean())
    blocks = (rng.integers(count, size=(RESAMPLES_AT_ONCE, count)) for _ in range(RESAMPLES // RESAMPLES_AT_ONCE))
    means = np.concatenate([values[block].mean(1) for block in blocks])
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
