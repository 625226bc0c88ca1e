"""Drawing structures from a trained model, in the one way that runs and published models share."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.models import Model
from zoo.interfaces.structures import Domain
from zoo.training.settings import Generate


def draw(
    model: Model,
    domain: Domain,
    indices: Sequence[int],
    generate: Generate,
    *,
    seed: int,
    condition: Mapping[str, float],
) -> np.ndarray:
    """The hard structures `[n, *S]` of at most `generate.batch` indices, refined as it says: uint8 when binary, else
    float32."""
    soft = model.sample(indices, seed, condition, generate.batch)
    if not bool(torch.isfinite(soft).all()):
        raise ZooError("sampling gave numbers that are not finite; train longer, or guide more gently.")
    structures: np.ndarray = domain.harden(soft).cpu().numpy().astype(np.uint8 if domain.binary else np.float32)
    for refinement in generate.refine:
        structures = domain.refine(structures, refinement)
    return structures


def check_refinements(generate: Generate, domain: Domain) -> None:
    """ZooError unless the domain knows all refinements that are asked for."""
    problems = [
        f"generate.refine: there is no refinement {name!r} of {type(domain).__name__}."
        f"{did_you_mean(name, domain.refinements)}"
        for name in generate.refine
        if name not in domain.refinements
    ]
    if problems:
        raise ZooError(*problems)
