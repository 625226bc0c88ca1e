"""The inverse of the stiffness of a periodic box full of material, by Fourier transform.

In a preconditioner it makes the number of iterations independent of the grid, and, for sharp two-phase cells, nearly of
the contrast (Ladecky et al. 2023, arXiv 2203.02962).
"""

import functools

import torch
from torch import Tensor

from zoo_mechanics.homogenisation.element import CORNERS

_ENTRY = ((0, 1, 2), (1, 3, 4), (2, 4, 5))
"""Where the entries of a symmetric 3x3 matrix stand among its six."""


class Green:
    """Applies the inverse to fields on boxes. The mean of the forces, which bends nothing, is left out."""

    def __init__(self, shape: tuple[int, int, int], stiffness: Tensor, like: Tensor) -> None:
        """Make the operator for nodes of boxes of `shape`, full of voxels with the `stiffness` `[24, 24]`, float64; in
        the dtype and on the device of `like`."""
        inverse = _cached_inverse(shape, stiffness.numpy().tobytes()).to(like)
        self._inverse = torch.stack([inverse, inverse], -1)
        """The inverse twice, for real and imaginary parts, which is quicker than to broadcast."""

    def __call__(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both `[3, B, X, Y, Z, columns]`. Two columns at a time are real and imaginary part
        of one transform: the inverse is real in Fourier space, so they do not mix, and complex transforms are faster
        than real ones of twice the number."""
        even = torch.nn.functional.pad(forces, (0, forces.shape[-1] % 2)).contiguous()
        pairs = torch.view_as_complex(even.view(*forces.shape[:-1], -1, 2))
        moved = torch.empty_like(pairs)
        for pair in range(pairs.shape[-1]):
            moved[..., pair] = self._relaxed(pairs[..., pair].contiguous())
        return torch.view_as_real(moved).flatten(-2)[..., : forces.shape[-1]]

    def _relaxed(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both complex `[3, B, X, Y, Z]`."""
        spectrum = torch.view_as_real(torch.fft.fftn(forces, dim=(2, 3, 4)))
        moved = torch.empty_like(spectrum)
        for row in range(3):
            torch.mul(spectrum[0], self._inverse[_ENTRY[row][0]], out=moved[row])
            for column in (1, 2):
                moved[row].addcmul_(spectrum[column], self._inverse[_ENTRY[row][column]])
        displacements: Tensor = torch.fft.ifftn(torch.view_as_complex(moved), dim=(2, 3, 4))
        return displacements


@functools.lru_cache(maxsize=1)
def _cached_inverse(shape: tuple[int, int, int], stiffness: bytes) -> Tensor:
    """The inverse of the stiffness in Fourier space, float64 `[6, X, Y, Z]`, by its six entries. Cells of one
    lattice share it."""
    blocks = torch.frombuffer(bytearray(stiffness), dtype=torch.float64).view(8, 3, 8, 3)
    return _inverse(_symbol(shape, blocks))


def _symbol(shape: tuple[int, int, int], blocks: Tensor) -> Tensor:
    """The stiffness in Fourier space, `[6, X, Y, Z]`: real, for a voxel is its own point reflection. A node feels its
    26 neighbours only, so a sum over these, axis by axis, is quicker than a transform."""
    stencil = torch.zeros(3, 3, 3, 3, 3, dtype=torch.float64)
    for one, corner in enumerate(CORNERS):
        for two, other in enumerate(CORNERS):
            x, y, z = (a - b + 1 for a, b in zip(corner, other, strict=True))
            stencil[:, :, x, y, z] += blocks[one, :, two, :]
    steps = torch.arange(-1, 2, dtype=torch.float64)
    waves = [
        torch.exp(-2j * torch.pi * torch.arange(size, dtype=torch.float64)[:, None] * steps / size) for size in shape
    ]
    rows, columns = torch.triu_indices(3, 3)
    return torch.einsum("exyz,ax,by,cz->eabc", stencil[rows, columns].to(waves[0]), *waves).real


def _inverse(symbol: Tensor) -> Tensor:
    """The six entries of the inverses of symmetric 3x3 matrices, whose six stand in the first axis, by cofactors; 0 at
    frequency 0."""
    a, b, c, d, e, f = symbol
    cofactors = torch.stack([d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b])
    determinant = a * cofactors[0] + b * cofactors[1] + c * cofactors[2]
    determinant[0, 0, 0] = torch.inf
    inverse: Tensor = cofactors / determinant
    return inverse
