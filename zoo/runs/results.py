"""What a finished run has measured, read back from its folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import BaseModel, ValidationError

from zoo.data.store import read_samples
from zoo.errors import ZooError
from zoo.runs.folder import RunFolder
from zoo.runs.stages import Record
from zoo.scores.scoring import Cost, Scores


class _ScoreFile(BaseModel):
    provenance: dict[str, Any]
    scores: Scores
    held_out_data: Scores


class _StageFile(BaseModel):
    stages: tuple[Record, ...]
    scoring: Cost | None = None


class Environment(BaseModel):
    """What of `environment.json` pages quote."""

    python: str
    platform: str
    versions: dict[str, str | None]
    command: str | None = None
    """How the user asked for the run; not known of runs of an older zoo."""


@dataclass(frozen=True)
class Results:
    """The results of a run."""

    provenance: dict[str, Any]
    """What the scores must be quoted with."""
    scores: Scores
    """Evaluator -> score -> value."""
    held_out: Scores
    """The same scores of real structures that the model has not seen."""
    recipe: dict[str, Any]
    """The resolved recipe."""
    dataset: dict[str, Any]
    """The recipe block of the dataset."""
    evaluators: dict[str, dict[str, Any]]
    """The recipe block of each evaluator."""
    environment: Environment
    stages: tuple[Record, ...]
    scoring: Cost | None
    """What the scoring has taken; not known of runs of an older zoo."""
    samples: np.ndarray
    """The run's samples: hard structures `[n, *S]`."""

    @property
    def previews(self) -> dict[str, list[tuple[float, float]]]:
        """What the domain said of samples drawn in the course of the training: name -> (epoch, mean), in order."""
        curves: dict[str, list[tuple[float, float]]] = {}
        for stage in self.stages:
            for point in stage.history:
                for name, value in point.get("samples", {}).items():
                    curves.setdefault(name, []).append((point["epoch"], value))
        return curves


def read_results(run: Path) -> Results:
    """The results in a run's folder. ZooError unless the run is finished."""
    folder = RunFolder(run)
    try:
        scores = _ScoreFile.model_validate_json(folder.scores.read_bytes())
        recipe = yaml.safe_load(folder.recipe.read_text(encoding="utf-8"))
        environment = Environment.model_validate_json(folder.environment.read_bytes())
        samples = read_samples(folder.samples)
        stages = _StageFile.model_validate_json(folder.stages.read_bytes())
        return Results(
            provenance=scores.provenance,
            scores=scores.scores,
            held_out=scores.held_out_data,
            recipe=recipe,
            dataset=recipe["dataset"],
            evaluators=recipe["evaluators"],
            environment=environment,
            stages=stages.stages,
            scoring=stages.scoring,
            samples=samples,
        )
    except FileNotFoundError as error:
        raise ZooError(f"{run} is not a finished run: it has no {Path(error.filename).name}.") from error
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError, ValidationError) as error:
        raise ZooError(f"{run}: its results cannot be read ({error}).") from error
