"""Drawing structures from a trained model, in the one way that runs and published models share."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from zoo.errors import ZooError
from zoo.interfaces.models import Model
from zoo.interfaces.structures import Domain


def draw(
    model: Model, domain: Domain, indices: Sequence[int], *, seed: int, condition: Mapping[str, float], batch: int
) -> np.ndarray:
    """The hard structures `[n, *S]` of at most `batch` indices: uint8 when binary, else float32."""
    soft = model.sample(indices, seed, condition, batch)
    if not bool(torch.isfinite(soft).all()):
        raise ZooError("sampling gave numbers that are not finite; train longer, or guide more gently.")
    return domain.harden(soft).cpu().numpy().astype(np.uint8 if domain.binary else np.float32)
