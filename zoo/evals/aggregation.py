"""Rows from runs: mean and spread over seeds, and confidence."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.special import stdtrit

from zoo.evals.results import Entry, Number

LEVEL = 0.95


@dataclass(frozen=True)
class Summary:
    """A score of a row."""

    mean: float
    """Over seeds."""
    spread: float | None
    """The standard deviation over seeds (of a sample: divided by n - 1); None for one seed."""
    interval: tuple[float, float] | None
    """Where the mean lies with 95 % confidence. Of several seeds: Student's t over seeds, which trains and draws anew.
    Of one: the run's own, which knows the chance of drawing only."""
    seeds: int


def summarise(numbers: Sequence[Number]) -> Summary | None:
    """The summary of a score's numbers, one per seed; None where one is not finite, or there is none."""
    values = [number.value for number in numbers if number.value is not None]
    if not values or len(values) < len(numbers):
        return None
    if len(values) == 1:
        return Summary(values[0], None, numbers[0].interval, 1)
    mean, spread = statistics.fmean(values), statistics.stdev(values)
    half = float(stdtrit(len(values) - 1, (1 + LEVEL) / 2)) * spread / len(values) ** 0.5
    return Summary(mean, spread, (mean - half, mean + half), len(values))


def summarise_runs(entries: Sequence[Entry]) -> dict[str, Summary]:
    """`evaluator.score` -> summary, of those scores that all runs of a row have."""
    summaries = {}
    for evaluator, group in entries[0].scores.items() if entries else ():
        for name in group:
            numbers = [entry.scores.get(evaluator, {}).get(name) for entry in entries]
            summary = summarise([number for number in numbers if number is not None]) if None not in numbers else None
            if summary is not None:
                summaries[f"{evaluator}.{name}"] = summary
    return summaries


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table, with its scores by `evaluator.score`."""

    label: str
    trivial: bool
    scores: Mapping[str, Summary]
    entries: Sequence[Entry]
