"""Differences between results, in words."""

from collections.abc import Mapping

import torch
from torch import Tensor

Tensors = Mapping[str, Tensor]

ROUNDING = 1e-4
"""Relative differences that float32 sums of different order may have."""
GPU_ROUNDING = 1e-2
"""The same for a GPU, whose matrix products may be in TF32."""


def check_same(name: str, first: Tensor, second: Tensor, tolerance: float = 0.0) -> None:
    """Asserts that two tensors are equal, or differ by no more than `tolerance` of the largest value (at least 1)."""
    one, two = first.detach().cpu(), second.detach().cpu()
    assert described(one) == described(two), f"{name} is {described(one)}, then {described(two)}."
    if not torch.equal(one, two):
        gap = float((one.double() - two.double()).abs().max())
        allowed = tolerance * max(1.0, float(one.double().abs().max()))
        assert gap <= allowed, f"{name} differs by up to {gap:.2g}."


def check_all_same(first: Tensors, second: Tensors, tolerance: float = 0.0) -> None:
    """The same for tensors by name."""
    assert first.keys() == second.keys(), f"There is {' and '.join(first)}, then {' and '.join(second)}."
    for name, one in first.items():
        check_same(name, one, second[name], tolerance)


def check_tensor(name: str, found: Tensor, shape: tuple[int, ...]) -> None:
    """Asserts that a tensor is float32, of this shape, and finite."""
    assert isinstance(found, Tensor), f"{name} is a {type(found).__name__}, expected a tensor."
    wanted = described(torch.empty(shape, dtype=torch.float32, device="meta"))
    assert described(found) == wanted, f"{name} is {described(found)}, expected {wanted}."
    assert bool(torch.isfinite(found).all()), f"{name} holds NaN or infinities."


def check_range(name: str, found: Tensor, low: float, high: float) -> None:
    """Asserts that all values lie between `low` and `high`, both included."""
    least, most = float(found.min()), float(found.max())
    assert low <= least <= most <= high, f"{name} lies between {least:g} and {most:g}, expected {low:g} to {high:g}."


def described(tensor: Tensor) -> str:
    """Type and shape."""
    return f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}"
