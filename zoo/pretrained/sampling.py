"""Drawing structures from a trained model, in the one way that runs and published models share."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.recipes.settings import Generate, Train

Wanted = Mapping[str, float | np.ndarray]
"""Conditions by name: one value for all samples, or an array `[N]` with that of sample i at i, NaN for not given."""


def draw(
    model: Model,
    domain: Domain,
    indices: Sequence[int],
    generate: Generate,
    *,
    seed: int,
    condition: Wanted,
) -> np.ndarray:
    """The hard structures `[n, *S]` of at most `generate.batch` indices, refined as it says: uint8 when binary, else
    float32. Of a condition with a value for each sample, those of the indices are taken."""
    own = {name: _at(values, indices) for name, values in condition.items()}
    soft = model.sample(indices, seed, own, generate.batch)
    _check_shape(soft, len(indices), domain, type(model).__name__)
    if not bool(torch.isfinite(soft).all()):
        raise ZooError("sampling gave numbers that are not finite; train longer, or guide more gently.")
    hard = domain.harden(soft)
    _check_shape(hard, len(indices), domain, f"harden of {type(domain).__name__}")
    structures: np.ndarray = hard.cpu().numpy().astype(np.uint8 if domain.binary else np.float32)
    for refinement in generate.refine:
        structures = domain.refine(structures, refinement)
    return structures


def _at(values: float | np.ndarray, indices: Sequence[int]) -> float | list[float]:
    if isinstance(values, np.ndarray):
        chosen: list[float] = values[list(indices)].tolist()
        return chosen
    return values


def described(model: Model, domain: Domain, count: int, seed: int) -> dict[str, float]:
    """What the domain says of `count` structures drawn without a condition, the mean of each number; nothing at all
    where a model in training gives no finite ones."""
    if any(len(table) == 0 for table in model.tables().values()):
        raise ZooError("preview: this model's sampling needs what is only known after its training; take 0.")
    soft = model.sample(range(count), seed, {}, count)
    if not bool(torch.isfinite(soft).all()):
        return {}
    hard = domain.harden(soft).cpu().numpy()
    return {name: float(values.mean()) for name, values in domain.describe(hard).items()}


def check_previews(model: Model, train: Mapping[str, Train]) -> None:
    """ZooError if structures are asked for before a model can draw any."""
    problems = [
        f"train.{name}.preview: only the last training, {model.trains[-1]!r}, has structures to show."
        for name in model.trains[:-1]
        if train[name].preview
    ]
    if problems:
        raise ZooError(*problems)


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
        shape = tuple(structures.shape) if isinstance(structures, torch.Tensor) else type(structures).__name__
        raise ZooError(f"{maker} gives structures {shape}, and {wanted} are wanted.")
