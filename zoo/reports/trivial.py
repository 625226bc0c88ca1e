"""What trivial models have scored on the same data, in runs that lie beside."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from zoo.errors import ZooError
from zoo.interfaces.models import Model
from zoo.publishing.results import Results, read_results
from zoo.registry import registry

Rows = dict[str, dict[str, dict[str, float]]]
"""Evaluator -> score -> model -> value."""


def trivial_rows(runs: Path, checksum: str, count: int, evaluators: Mapping[str, Mapping[str, Any]]) -> Rows:
    """Scores of finished runs of trivial models in the folder `runs`: of `count` samples, on data whose checksum begins
    so, by evaluators with the same settings. Runs that cannot be read are passed over."""
    rows: Rows = {}
    for file in sorted(runs.glob("*/*/scores.json")):
        try:
            results = read_results(file.parent)
            comparable = results.provenance.get("dataset_checksum") == checksum and len(results.samples) == count
            if not comparable or not _is_trivial(results):
                continue
        except ZooError:
            continue
        for name, group in results.scores.items():
            if name in evaluators and results.evaluators.get(name) == evaluators[name]:
                for score, measured in group.items():
                    rows.setdefault(name, {}).setdefault(score, {})[results.provenance["model"]] = measured.value
    return rows


def _is_trivial(results: Results) -> bool:
    model = registry().load("model", yaml.safe_load(results.recipe)["use"])
    assert issubclass(model, Model)
    return model.trivial
