"""What a finished run has measured, read back from its folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ValidationError

from zoo.data.store import read_samples
from zoo.errors import ZooError
from zoo.scores.scoring import Scores


class _ScoreFile(BaseModel):
    provenance: dict[str, Any]
    scores: Scores
    held_out_data: Scores


class Environment(BaseModel):
    """What of `environment.json` a card quotes."""

    python: str
    versions: dict[str, str | None]


@dataclass(frozen=True)
class Results:
    """The results of a run."""

    provenance: dict[str, Any]
    """What the scores must be quoted with."""
    scores: Scores
    held_out: Scores
    """The same scores of real structures that the model has not seen."""
    evaluators: dict[str, dict[str, Any]]
    """The recipe block of each evaluator."""
    environment: Environment
    recipe: str
    """The resolved recipe, YAML."""
    samples: np.ndarray
    """The run's samples: hard structures `[n, *S]`."""
    previews: dict[str, list[tuple[float, float]]]
    """What the domain said of samples drawn in the course of the training: name -> (epoch, mean), in order."""


def read_results(run: Path) -> Results:
    """The results in a run's folder. ZooError unless the run is finished."""
    try:
        file = _ScoreFile.model_validate_json((run / "scores.json").read_text(encoding="utf-8"))
        recipe = (run / "recipe.yaml").read_text(encoding="utf-8")
        return Results(
            provenance=file.provenance,
            scores=file.scores,
            held_out=file.held_out_data,
            evaluators=yaml.safe_load(recipe)["evaluators"],
            environment=Environment.model_validate_json((run / "environment.json").read_text(encoding="utf-8")),
            recipe=recipe,
            samples=read_samples(run / "samples.safetensors"),
            previews=_previews(json.loads((run / "stages.json").read_text(encoding="utf-8"))["stages"]),
        )
    except FileNotFoundError as error:
        raise ZooError(f"{run} is no finished run: it has no {Path(error.filename).name}.") from error
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise ZooError(f"{run}: its results cannot be read ({error}).") from error


def _previews(stages: list[dict[str, Any]]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for stage in stages:
        for point in stage["history"]:
            for name, value in point.get("samples", {}).items():
                found.setdefault(name, []).append((point["epoch"], value))
    return found
