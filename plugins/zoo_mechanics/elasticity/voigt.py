"""Symmetric tensors as six-vectors and stiffness tensors as 6x6 matrices.

Everything here is in Voigt's notation, in the order xx, yy, zz, yz, xz, xy: stresses hold their shear components once,
strains twice (engineering shear), so that C maps strain to stress and C44 is the shear modulus mu. Mandel's notation
scales shear components by sqrt(2) in stress and strain alike; its matrices turn like tensors and have their
eigenvalues.
"""

import torch
from torch import Tensor

from zoo import ZooError

PAIRS = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""The tensor indices behind the six components."""

COMPONENTS = tuple(f"C{i}{j}" for i in range(1, 7) for j in range(i, 7))
"""The names of the 21 components of a stiffness."""


def isotropic(young: float = 1.0, poisson: float = 0.3) -> Tensor:
    """The stiffness `[6, 6]` (float64) of an isotropic solid.

    ZooError unless `young` is positive and `poisson` lies between -1 and 0.5, both left out: an incompressible solid
    (0.5) has no finite stiffness.
    """
    problems = []
    if not 0 < young < float("inf"):
        problems.append(f"Young's modulus {young:g} must be positive and finite")
    if not -1 < poisson < 0.5:
        problems.append(f"Poisson's ratio {poisson:g} must lie between -1 and 0.5, both left out")
    if problems:
        raise ZooError(*problems)
    shear = young / (2 * (1 + poisson))
    lame = young * poisson / ((1 + poisson) * (1 - 2 * poisson))
    stiffness = torch.zeros(6, 6, dtype=torch.float64)
    stiffness[:3, :3] = lame
    stiffness.diagonal().add_(torch.tensor([2 * shear] * 3 + [shear] * 3, dtype=torch.float64))
    return stiffness


def to_mandel(stiffness: Tensor) -> Tensor:
    """Voigt stiffness `[..., 6, 6]` in Mandel's notation."""
    return stiffness * _scale(stiffness)


def from_mandel(stiffness: Tensor) -> Tensor:
    """Mandel stiffness `[..., 6, 6]` in Voigt's notation."""
    return stiffness / _scale(stiffness)


def rotate(stiffness: Tensor, rotation: Tensor) -> Tensor:
    """The Voigt stiffness `[..., 6, 6]` of a body turned by `rotation` `[..., 3, 3]` (x -> R x)."""
    turn = mandel_rotation(rotation.to(stiffness))
    return from_mandel(turn @ to_mandel(stiffness) @ turn.mT)


def mandel_rotation(rotation: Tensor) -> Tensor:
    """The orthogonal `[..., 6, 6]` that turns Mandel vectors as `rotation` `[..., 3, 3]` turns tensors."""
    first, second = torch.tensor(PAIRS).T
    weight = torch.where(first == second, 1.0, 2.0).to(rotation).sqrt()
    rows, columns = first[:, None], second[:, None]
    product = rotation[..., rows, first] * rotation[..., columns, second]
    product = product + rotation[..., rows, second] * rotation[..., columns, first]
    return product * (weight[:, None] * weight) / 2


def _scale(like: Tensor) -> Tensor:
    root = torch.tensor([1.0] * 3 + [2.0] * 3, dtype=like.dtype, device=like.device).sqrt()
    return root[:, None] * root
