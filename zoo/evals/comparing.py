"""Two runs, score by score: is the difference more than the chance of drawing?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zoo.errors import ZooError
from zoo.interfaces.score import Score
from zoo.reports.comparison import flat
from zoo.runs.results import Results, read_results

Verdict = Literal["better", "worse", "not told apart", ""]


@dataclass(frozen=True)
class Difference:
    """A score of two runs. The difference is second minus first, with its 95 % interval where both have one."""

    score: str
    first: float
    second: float
    interval: tuple[float, float] | None
    verdict: Verdict
    """What the second is beside the first."""

    @property
    def difference(self) -> float:
        """The second score less the first."""
        return self.second - self.first


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side."""

    differences: list[Difference]
    apart: dict[str, tuple[object, object]]
    """What the runs are quoted with and the settings of their recipes, where they are not the same."""


def compare_runs(first: Path, second: Path) -> Comparison:
    """Compare two finished runs. ZooError if one is none, or if they have no score in common."""
    problems: list[str] = []
    runs: list[Results] = []
    for folder in (first, second):
        try:
            runs.append(read_results(folder))
        except ZooError as error:
            problems += error.problems
    if problems:
        raise ZooError(*problems)
    differences = list(_differences(*runs))
    if not differences:
        raise ZooError(f"{first} and {second} have no score in common.")
    one, other = (results.provenance | dict(flat(results.recipe)) for results in runs)
    names = dict.fromkeys([*one, *other])
    return Comparison(
        differences, {name: (one.get(name), other.get(name)) for name in names if one.get(name) != other.get(name)}
    )


def _differences(first: Results, second: Results) -> Iterator[Difference]:
    for evaluator, group in first.scores.items():
        for name, one in group.items():
            other = second.scores.get(evaluator, {}).get(name)
            if other is not None:
                interval = difference_interval(one, other)
                yield Difference(
                    f"{evaluator}.{name}", one.value, other.value, interval, _verdict(interval, one.higher_is_better)
                )


def difference_interval(first: Score, second: Score) -> tuple[float, float] | None:
    """The 95 % interval of second - first for independent runs, from the intervals of both (MOVER: Zou & Donner 2008,
    Statistics in Medicine 27, equation 5)."""
    if first.interval is None or second.interval is None:
        return None
    (low1, high1), (low2, high2) = first.interval, second.interval
    difference = second.value - first.value
    below = ((second.value - low2) ** 2 + (high1 - first.value) ** 2) ** 0.5
    above = ((high2 - second.value) ** 2 + (first.value - low1) ** 2) ** 0.5
    return difference - below, difference + above


def _verdict(interval: tuple[float, float] | None, higher_is_better: bool) -> Verdict:
    if interval is None:
        return ""
    if interval[0] <= 0 <= interval[1]:
        return "not told apart"
    return "better" if (interval[0] > 0) == higher_is_better else "worse"
