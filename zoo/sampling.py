"""Drawing structures from a trained model, in the one way that runs and published models share."""

from collections.abc import Mapping, Sequence
from typing import Any

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
    _check_shape(soft, len(indices), domain, type(model).__name__)
    if not bool(torch.isfinite(soft).all()):
        raise ZooError("sampling gave numbers that are not finite; train longer, or guide more gently.")
    hard = domain.harden(soft)
    _check_shape(hard, len(indices), domain, f"harden of {type(domain).__name__}")
    structures: np.ndarray = hard.cpu().numpy().astype(np.uint8 if domain.binary else np.float32)
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


def _check_shape(structures: Any, count: int, domain: Domain, maker: str) -> None:
    wanted = (count, *domain.structure.shape)
    if not isinstance(structures, torch.Tensor) or structures.shape != wanted:
        found = tuple(structures.shape) if isinstance(structures, torch.Tensor) else type(structures).__name__
        raise ZooError(f"{maker} gives structures {found}, and {wanted} are wanted.")
