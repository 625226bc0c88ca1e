"""Latents of structures that no model has seen, and of invalid ones made of them."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from zoo.building.builder import build
from zoo.errors import ZooError
from zoo.interfaces.model import Model
from zoo.interfaces.negatives import Negatives
from zoo.interfaces.noise import Noise
from zoo.training.batches import derive_seed

if TYPE_CHECKING:
    from zoo.data.opening import Data

MAX_STRUCTURES, MIN_STRUCTURES = 2000, 4
BATCH = 50

Latents = dict[str, Tensor]


@torch.no_grad()
def held_out_latents(model: Model, data: "Data", seed: int) -> dict[str, np.ndarray] | None:
    """The latents "positive" and "negative" `[m, z]`, float64, of held-out structures and of invalid ones made of them
    by the model's own negatives, or else by the domain's. None where there is no such space, or no such negatives."""
    count = min(len(data.held_out), MAX_STRUCTURES)
    if count < MIN_STRUCTURES:
        return None
    parts = []
    for first in range(0, count, BATCH):
        items = np.arange(first, min(first + BATCH, count))
        noise = Noise(derive_seed(seed, "held-out negatives"), items.tolist(), model.device)
        part = _latents(model, data.held_out.batch(items, model.device)["structure"], noise, data)
        if part is None:
            return None
        parts.append(part)
    latents = {
        kind: torch.cat([part[kind].flatten(1) for part in parts]).double().cpu().numpy()
        for kind in ("positive", "negative")
    }
    return latents if all(np.isfinite(rows).all() for rows in latents.values()) else None


def _latents(model: Model, structures: Tensor, noise: Noise, data: "Data") -> Latents | None:
    latents = model.latents(structures, noise)
    if "positive" not in latents or "negative" in latents:
        return latents or None
    if data.domain.negatives is None:
        return None
    try:
        negatives = build(Negatives, data.domain.negatives, structure=data.domain.structure)
        invalid = negatives.differing(structures, noise)
    except ZooError:
        # Their plugin is not installed, or in this domain none can be made, where all structures are valid.
        return None
    return {"positive": latents["positive"], "negative": model.latents(invalid, noise)["positive"]}
