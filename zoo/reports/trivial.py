"""What trivial models have scored on the same data, in runs that lie beside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from zoo.errors import ZooError
from zoo.interfaces.model import Model
from zoo.registry import registry
from zoo.runs.results import read_results
from zoo.system.files import read_json

Rows = dict[str, dict[str, dict[str, float]]]
"""Evaluator -> score -> model -> value."""


def trivial_rows(runs: Path, checksum: str, count: int, evaluators: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Scores of finished runs of trivial models in the folder `runs`: of `count` samples, on data whose checksum begins
    so, by evaluators with the same settings. Runs that cannot be read are passed over."""
    rows: Rows = {}
    for file in sorted(runs.glob("*/*/scores.json")):
        try:
            # What a run is of, and whether it is trivial, is told much sooner than all that it has measured.
            if _of(file).get("dataset_checksum") != checksum or not _is_trivial(file.with_name("recipe.yaml")):
                continue
            results = read_results(file.parent)
        except ZooError:
            continue
        if len(results.samples) != count:
            continue
        for name, group in results.scores.items():
            if name in evaluators and results.evaluators.get(name) == evaluators[name]:
                for score, measured in group.items():
                    rows.setdefault(name, {}).setdefault(score, {})[results.provenance["model"]] = measured.value
    return rows


def _of(scores: Path) -> dict[str, Any]:
    provenance = read_json(scores).get("provenance")
    return provenance if isinstance(provenance, dict) else {}


def _is_trivial(recipe: Path) -> bool:
    try:
        used = yaml.safe_load(recipe.read_text(encoding="utf-8"))["use"]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ZooError(f"{recipe}: it cannot be read ({error}).") from error
    model = registry().load(Model, used)
    return model.trivial
