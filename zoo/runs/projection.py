"""Projections of latents on their two principal components, of all kinds together (the VOXPLOER paper's Table 2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from zoo.errors import ZooError
from zoo.interfaces.model import Model
from zoo.interfaces.noise import Noise
from zoo.system.files import read_json, write_text

if TYPE_CHECKING:
    from zoo.data.opening import Data

STRUCTURES = 500
"""Training structures whose latents are shown."""


@dataclass(frozen=True)
class Projection:
    """Points `{kind: [n, 2]}` in the plane of their two principal components."""

    points: Mapping[str, np.ndarray]
    share: float
    """Share of the variance within the plane."""


@torch.no_grad()
def project_latents(model: Model, data: "Data", seed: int) -> Projection | None:
    """The plane of some training structures' latents, and of the negatives' made from them; None if the model has no
    latents to show."""
    device = model.device
    indices = np.random.default_rng(seed).permutation(len(data.train))[:STRUCTURES]
    structures = data.train.batch(indices, device)["structure"]
    latents = model.latents(structures, Noise(seed, indices.tolist(), device))
    return project({kind: rows.flatten(1).double().cpu().numpy() for kind, rows in latents.items()})


def project(latents: Mapping[str, np.ndarray]) -> Projection | None:
    """The principal components of latents `{kind: [n, z]}`; None unless they span a plane."""
    if not latents:
        return None
    together = np.concatenate(list(latents.values()))
    together = together - together.mean(0)
    if min(together.shape) < 2 or not np.isfinite(together).all():
        return None
    _, spread, directions = np.linalg.svd(together, full_matrices=False)
    if spread[1] <= 1e-9 * spread[0]:
        return None
    flat = together @ directions[:2].T
    ends = np.cumsum([len(rows) for rows in latents.values()])[:-1]
    points = dict(zip(latents, np.split(flat, ends), strict=True))
    return Projection(points, float((spread[:2] ** 2).sum() / (spread**2).sum()))


def write_projection(path: Path, projection: Projection | None) -> None:
    """Keep the points in a JSON file; without any, one that an earlier run has left goes."""
    if projection is None:
        path.unlink(missing_ok=True)
        return
    points = {kind: [[float(f"{x:.4g}") for x in row] for row in rows] for kind, rows in projection.points.items()}
    write_text(path, json.dumps({"share": projection.share, "points": points}))


def read_projection(path: Path) -> Projection | None:
    """The points in a file that `write_projection` wrote; None where there is none."""
    if not path.exists():
        return None
    kept = read_json(path)
    try:
        return Projection({kind: np.array(rows, dtype=float) for kind, rows in kept["points"].items()}, kept["share"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ZooError(f"{path}: these are not latents ({error}).") from error
