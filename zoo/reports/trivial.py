"""Scores of trivial models on the same data, from runs that lie beside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from zoo.errors import ZooError
from zoo.interfaces.model import Model
from zoo.registry import registry
from zoo.runs.folder import RunFolder, scored_runs
from zoo.runs.results import read_results
from zoo.system.files import read_json

Rows = dict[str, dict[str, dict[str, float]]]
"""Evaluator -> score -> model -> value."""


def trivial_rows(runs: Path, checksum: str, count: int, evaluators: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Scores of finished runs of trivial models in the folder `runs`: of `count` samples, on data whose checksum begins
    so, by evaluators with the same settings. Runs that cannot be read are passed over."""
    rows: Rows = {}
    for run in scored_runs(runs):
        try:
            # What a run is of, and whether it is trivial, is told much sooner than all that it has measured.
            if _checksum(run) != checksum or not _is_trivial(run):
                continue
            results = read_results(run.path)
        except ZooError:
            continue
        if len(results.samples) != count:
            continue
        for name, group in results.scores.items():
            if name in evaluators and results.evaluators.get(name) == evaluators[name]:
                for score, measured in group.items():
                    rows.setdefault(name, {}).setdefault(score, {})[results.provenance["model"]] = measured.value
    return rows


def is_trivial(recipe: Mapping[str, Any]) -> bool:
    """Whether the model of a resolved recipe is trivial."""
    return registry().load(Model, recipe["use"]).trivial


def _checksum(run: RunFolder) -> Any:
    provenance = read_json(run.scores).get("provenance")
    return provenance.get("dataset_checksum") if isinstance(provenance, dict) else None


def _is_trivial(run: RunFolder) -> bool:
    try:
        return is_trivial(yaml.safe_load(run.recipe.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ZooError(f"{run.recipe}: it cannot be read ({error}).") from error
