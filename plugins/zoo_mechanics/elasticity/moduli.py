"""Engineering constants of Voigt stiffness tensors `[..., 6, 6]`, in the units of the stiffness, float64.

A tensor that is singular (a cell that meets some strain without resistance) has moduli of 0 in the directions
concerned.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from zoo_mechanics.elasticity.voigt import PAIRS, to_mandel

SOFTEST = 1e-6
"""Eigenvalues below this share of the largest count as none."""

_NEXT_TO_NONE = 1e-9
"""What stands for no resistance, as a share of the largest eigenvalue. Solutions in 32 bits mix directions by some
1e-7, the square of which, divided by this, must be next to nothing too."""


class Averages(NamedTuple):
    """Bulk and shear modulus, each `[...]`."""

    bulk: Tensor
    shear: Tensor


def compliance(stiffness: Tensor) -> Tensor:
    """The Voigt compliance, strains with engineering shear: huge, but finite, where there is no resistance."""
    values, vectors = torch.linalg.eigh(to_mandel(stiffness.double()))
    largest = values[..., -1:].clamp(min=torch.finfo(torch.float64).tiny / _NEXT_TO_NONE)
    inverse = 1 / torch.where(values > SOFTEST * largest, values, _NEXT_TO_NONE * largest)
    mandel = vectors @ (inverse[..., None] * vectors.mT)
    return to_mandel(mandel)  # What divides a stiffness multiplies a compliance.


def voigt_average(stiffness: Tensor) -> Averages:
    """Moduli of the polycrystal whose grains all strain alike: the isotropic part of the stiffness."""
    c = stiffness.double()
    trace, rest, shear = _sums(c)
    return Averages((trace + 2 * rest) / 9, (trace - rest + 3 * shear) / 15)


def reuss_average(stiffness: Tensor) -> Averages:
    """Moduli of the polycrystal whose grains are all stressed alike."""
    trace, rest, shear = _sums(compliance(stiffness))
    return Averages(1 / (trace + 2 * rest), 15 / (4 * trace - 4 * rest + 3 * shear))


def young(stiffness: Tensor, directions: Tensor) -> Tensor:
    """Young's modulus along unit vectors `[n, 3]`, `[..., n]`."""
    stress = _dyads(directions.double().to(stiffness.device), directions.double().to(stiffness.device))
    return 1 / torch.einsum("ni,...ij,nj->...n", stress, compliance(stiffness), stress)


def poisson(stiffness: Tensor, along: Tensor, across: Tensor) -> Tensor:
    """Contraction across per extension along, for pairs of orthogonal unit vectors `[n, 3]`, `[..., n]`."""
    along, across = (vectors.double().to(stiffness.device) for vectors in (along, across))
    stress, other = _dyads(along, along), _dyads(across, across)
    inverse = compliance(stiffness)
    strain = torch.einsum("ni,...ij,nj->...n", other, inverse, stress)
    return -strain / torch.einsum("ni,...ij,nj->...n", stress, inverse, stress)


def shear(stiffness: Tensor, along: Tensor, across: Tensor) -> Tensor:
    """Shear modulus of pairs of orthogonal unit vectors `[n, 3]`, `[..., n]`."""
    along, across = (vectors.double().to(stiffness.device) for vectors in (along, across))
    stress = _dyads(along, across) + _dyads(across, along)
    return 1 / torch.einsum("ni,...ij,nj->...n", stress, compliance(stiffness), stress)


def zener(stiffness: Tensor) -> Tensor:
    """2 C44 / (C11 - C12), 1 if isotropic, with C11, C12 and C44 averaged over the axes; it says something about cubic
    tensors only (Zener 1948)."""
    trace, rest, shear_sum = _sums(stiffness.double())
    return 2 * shear_sum / (trace - rest)


def universal_anisotropy(stiffness: Tensor) -> Tensor:
    """5 G_V / G_R + K_V / K_R - 6, 0 if isotropic (Ranganathan and Ostoja-Starzewski 2008)."""
    upper, lower = voigt_average(stiffness), reuss_average(stiffness)
    return 5 * upper.shear / lower.shear + upper.bulk / lower.bulk - 6


def anisotropy(stiffness: Tensor) -> Tensor:
    """The square of the distance from the isotropic part, relative to the whole, `[...]`: below 1, 0 if isotropic or
    nothing at all.

    By the Frobenius norm in Mandel's notation, so that it is the same in any frame.
    """
    average = voigt_average(stiffness)
    whole = to_mandel(stiffness.double())
    mean = torch.zeros(6, 6, dtype=torch.float64, device=whole.device)
    mean[:3, :3] = 1 / 3
    rest = torch.eye(6, dtype=torch.float64, device=whole.device) - mean
    part = 3 * average.bulk[..., None, None] * mean + 2 * average.shear[..., None, None] * rest
    size = whole.square().sum((-2, -1))
    return (whole - part).square().sum((-2, -1)) / torch.where(size > 0, size, 1)


def _sums(tensor: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """11 + 22 + 33, 12 + 23 + 31 and 44 + 55 + 66."""
    diagonal = tensor.diagonal(dim1=-2, dim2=-1)
    return (
        diagonal[..., :3].sum(-1),
        tensor[..., 0, 1] + tensor[..., 1, 2] + tensor[..., 0, 2],
        diagonal[..., 3:].sum(-1),
    )


def _dyads(one: Tensor, other: Tensor) -> Tensor:
    """The symmetric part of dyads as Voigt stresses, `[n, 6]`."""
    return torch.stack([(one[:, i] * other[:, j] + one[:, j] * other[:, i]) / 2 for i, j in PAIRS], 1)
