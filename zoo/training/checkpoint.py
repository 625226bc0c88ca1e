"""The state of a training stage as one safetensors file: tensors for the weights, JSON for the rest, nothing
pickled."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from zoo.errors import ZooError
from zoo.system.tensors import is_readable, read_kept


def module_tensors(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    """A module's state, each name behind `prefix`."""
    return {f"{prefix}/{name}": tensor.detach().cpu() for name, tensor in module.state_dict().items()}


def load_module(prefix: str, module: nn.Module, tensors: dict[str, Tensor]) -> None:
    """The reverse of `module_tensors`; strict in names and shapes."""
    own = {name.removeprefix(f"{prefix}/"): tensor for name, tensor in tensors.items() if name.startswith(f"{prefix}/")}
    try:
        module.load_state_dict(own, strict=True)
    except RuntimeError as error:
        raise ZooError(f"weights of {prefix!r} do not fit its network: {error}") from error


def optimiser_tensors(prefix: str, optimiser: Optimizer) -> dict[str, Tensor]:
    """An optimiser's tensors (moments, step counts). Its settings are rebuilt from the recipe."""
    return {
        f"{prefix}/{index}/{name}": value.detach().cpu()
        for index, entry in optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }


def load_optimiser(prefix: str, optimiser: Optimizer, tensors: dict[str, Tensor]) -> None:
    """The reverse of `optimiser_tensors`."""
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith(f"{prefix}/"):
            index, entry = name.removeprefix(f"{prefix}/").split("/")
            state.setdefault(int(index), {})[entry] = torch.clone(tensor)
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """What an interrupted stage left, or None."""
    return read_kept(path) if is_readable(path) else None
