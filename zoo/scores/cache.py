"""The cache of scores: a change of one evaluator asks for that one only, and an interrupted scoring goes on.

A file's name has a hash of everything that determines the scores: the evaluator with its arguments and revision, the
structures with what was wanted of them, the data with their domain and split.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from zoo.building.schema import complete
from zoo.data.opening import Data
from zoo.interfaces.score import SCORES, Score
from zoo.system.files import write_text


def kept_path(
    folder: Path,
    block: Mapping[str, Any],
    structures: np.ndarray,
    data: Data,
    latents: Mapping[str, np.ndarray] | None = None,
    wanted: Mapping[str, np.ndarray] | None = None,
) -> Path:
    """Where the scores of structures `[n, *S]`, drawn for the `wanted` values `[n]` if any, and of the latents that the
    evaluator needs, if it does, by the evaluator of a recipe block lie."""
    identity = {
        "evaluator": complete("evaluator", block),
        "domain": complete("domain", data.domain_block),
        "checksum": data.checksum,
        "split": [len(data.train), len(data.held_out)],
        "structures": [structures.shape, str(structures.dtype)],
    }
    if wanted:
        identity["wanted"] = {name: values.tolist() for name, values in wanted.items()}
    digest = hashlib.sha256(json.dumps(identity, sort_keys=True).encode())
    for array in (structures, *(latents or {}).values()):
        digest.update(np.ascontiguousarray(array).data)
    return folder / f"{block['use']}-{digest.hexdigest()[:16]}.json"


def read_kept_scores(path: Path) -> dict[str, Score] | None:
    """The scores in a file; None if there is none, or if it cannot be read."""
    try:
        return SCORES.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def write_kept_scores(path: Path, scores: Mapping[str, Score]) -> None:
    """Keep scores in a file."""
    write_text(path, json.dumps(SCORES.dump_python(dict(scores)), ensure_ascii=False))
