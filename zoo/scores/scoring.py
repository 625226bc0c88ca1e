"""Sets of structures and their scores."""

import time
import warnings
from collections.abc import Mapping, Sequence
from numbers import Real
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from zoo.building.builder import build
from zoo.data.opening import Data
from zoo.errors import ZooError, ZooWarning, shorten
from zoo.interfaces.data import Facts
from zoo.interfaces.domain import Domain
from zoo.interfaces.evaluator import Evaluator
from zoo.interfaces.score import SCORES, Score
from zoo.registry import registry
from zoo.scores.cache import kept_path, read_kept_scores, write_kept_scores
from zoo.system import processes
from zoo.system.machine import PeakMemory

Scores = dict[str, dict[str, Score]]
"""Evaluator -> score -> value."""
DIGITS = 6
"""Digits of values per sample in a `scores.json`."""


class Spread(NamedTuple):
    """How a number that the domain gives to structures spreads over samples `[n]` and over held-out data `[m]`."""

    name: str
    samples: np.ndarray
    held_out: np.ndarray


class Cost(NamedTuple):
    """Time and memory of a part of a run that no stage keeps."""

    seconds: float
    peak_mib: Mapping[str, int]


class Scored(NamedTuple):
    """The scores of structures, and what they are held against."""

    scores: Scores
    held_out: Scores
    """The same scores of as many held-out structures, or of all where there are fewer."""
    held_out_count: int
    cost: Cost


def score_beside(
    structures: np.ndarray,
    data: Data,
    evaluators: Mapping[str, Mapping[str, Any]],
    kept: Path | None = None,
    latents: Mapping[str, np.ndarray] | None = None,
    wanted: Mapping[str, np.ndarray] | None = None,
) -> Scored:
    """Scores of hard structures `[n, *S]` beside those of held-out data, see `evaluate`; `latents` and `wanted` are
    those of `Facts`."""
    held_out = held_out_beside(structures, data)
    memory, started = PeakMemory(), time.monotonic()
    memory.reset()
    scores, baseline = evaluate(evaluators, [structures, held_out], data, kept, latents, wanted)
    silent = [name for name, group in scores.items() if not group]
    if silent and not wanted and processes.is_main():
        names = ", ".join(silent)
        warnings.warn(f"{names}: nothing to report; no condition was given to these structures.", ZooWarning, 2)
    cost = Cost(round(time.monotonic() - started, 1), memory.mebibytes())
    return Scored(scores, baseline, len(held_out), cost)


def held_out_beside(structures: np.ndarray, data: Data) -> np.ndarray:
    """Held-out structures, as many as these or all where there are fewer: what samples are compared with."""
    return data.held_out.array(np.arange(min(len(data.held_out), len(structures))))


def evaluate(
    evaluators: Mapping[str, Mapping[str, Any]],
    sets: Sequence[np.ndarray],
    data: Data,
    kept: Path | None = None,
    latents: Mapping[str, np.ndarray] | None = None,
    wanted: Mapping[str, np.ndarray] | None = None,
) -> list[Scores]:
    """Scores of each set of hard structures `[n, *S]` by every evaluator, of the first in view of its model's `latents`
    and of the `wanted` values, if there are any. Those that lie in the folder `kept`, if one is given, are read, and
    others written to it.

    Every process calls every evaluator, and evaluators share their work out, see `processes.shared`.
    """
    facts = [Facts(latents, wanted or {}), *(Facts() for _ in sets[1:])]
    return [
        {
            name: _scores(block, structures, data, known, kept)
            for name, block in evaluators.items()
            if known.latents is not None or not needs_latents(block)
        }
        for structures, known in zip(sets, facts, strict=True)
    ]


def _scores(
    block: Mapping[str, Any], structures: np.ndarray, data: Data, facts: Facts, kept: Path | None
) -> dict[str, Score]:
    latents = facts.latents if needs_latents(block) else None
    path = None if kept is None else kept_path(kept, block, structures, data, latents, facts.wanted)
    found = None if path is None else processes.agreed(read_kept_scores(path) if processes.is_main() else None)
    if found is not None:
        return found
    evaluator = build(Evaluator, block)
    scores = evaluator.scores(structures, data, facts)
    _check_scores(scores, len(structures), registry().label("evaluator", block["use"]))
    if path is not None and processes.is_main():
        write_kept_scores(path, scores)
    return dict(scores)


def spreads(structures: np.ndarray, held_out: np.ndarray, domain: Domain) -> list[Spread]:
    """What the domain says in numbers of samples and of held-out structures."""
    expected = domain.describe(held_out)
    return [Spread(name, values, expected[name]) for name, values in domain.describe(structures).items()]


def score_file(provenance: Mapping[str, Any], scored: Scored) -> dict[str, Any]:
    """The contents of a `scores.json`."""
    return {
        "provenance": dict(provenance),
        "scores": {name: _entries(group) for name, group in scored.scores.items()},
        "held_out_data": {name: _entries(group) for name, group in scored.held_out.items()},
    }


def _entries(group: dict[str, Score]) -> dict[str, Any]:
    entries: dict[str, Any] = SCORES.dump_python(group)
    for entry in entries.values():
        if entry["per_sample"] is not None:
            entry["per_sample"] = [round(value, DIGITS) for value in entry["per_sample"]]
    return entries


def _check_scores(scores: Any, count: int, label: str) -> None:
    """ZooError unless these are the scores of `count` structures."""
    if not isinstance(scores, Mapping):
        raise ZooError(f"{label}: its scores are {shorten(scores)}, and {{name: zoo.Score}} is wanted.")
    problems = []
    for name, score in scores.items():
        if not isinstance(name, str) or not isinstance(score, Score):
            problems.append(f"the score {shorten(name)} is {shorten(score)}, and no zoo.Score.")
            continue
        if not isinstance(score.value, Real) or isinstance(score.value, bool):
            problems.append(f"the value of {name!r} is {shorten(score.value)}, and no number.")
        if score.per_sample is not None and np.shape(score.per_sample) != (count,):
            shape = np.shape(score.per_sample)
            problems.append(f"{name!r} has values {shape} per sample, and there are {count} samples.")
    if problems:
        raise ZooError(*(f"{label}: {problem}" for problem in problems))


def needs_latents(block: Mapping[str, object]) -> bool:
    """Whether the evaluator of a recipe block judges latents."""
    return registry().load(Evaluator, str(block["use"])).needs_latents


def headline(block: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the headline scores of the evaluator of a recipe block."""
    evaluator = registry().load(Evaluator, str(block["use"]))
    return evaluator.headline
